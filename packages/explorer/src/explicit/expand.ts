import type { Compiled } from '../compile.ts';
import { AT, BATCH, BUFFER, fieldsOf, ROWS } from './record.ts';
import type { StateWords } from './state-words.ts';
import * as wasm from './wasm.ts';
import { get, i32, type Func } from './wasm.ts';

/**
 * Expands states from `current` up to `until`, as long as there is room in the buffer; a state that a place gives back
 * leaves no trace. `place` is the type of the functions for places, which begin the table.
 */
export function expand({ nodes, symmetric }: Compiled, state: StateWords, place: number): Func {
  const { packing, slots, slotWords } = state;
  const { words, wordOf, shiftOf } = packing;
  const { bytes } = fieldsOf(packing);
  const most = slots.length * Math.max(...nodes.map((node) => (node.kind === 'at' ? 1 : node.starts.length)), 1);
  if (most > BATCH / 4) throw new Error('more successors of one state than the buffer is made for');
  const [from, until, put, start, loops, row] = [0, 1, 2, 3, 4, 5].map((local) => words + local) as Locals;
  const each = slots.map((field, slot) => {
    const at = wasm.plus(state.valueOf(field), i32(slotWords.indexOf(wordOf[field]!) * nodes.length));
    // Interchangeable slots with the same value move once.
    const alike = wasm.equal(state.valueOf(field), slot > 0 ? state.valueOf(field - 1) : i32(-1));
    return wasm.block([
      symmetric && slot > 0 ? wasm.branchIf(alike, 0) : [],
      wasm.set(put, wasm.callAt(place, at, ...state.all, i32(shiftOf[field]!), get(put))),
      // Out of the block around all slots: the state is given back.
      wasm.branchIf(wasm.isZero(get(put)), 1),
    ]);
  });
  return {
    exported: 'expand',
    params: [],
    locals: [...state.types, ...Array.from({ length: 6 }, () => 'i32' as const)],
    body: [
      wasm.set(from, wasm.load(i32(0), AT.current)),
      wasm.set(until, wasm.load(i32(0), AT.until)),
      wasm.set(put, wasm.load(i32(0), AT.put)),
      wasm.set(row, wasm.plus(wasm.times(get(from), i32(4 * words)), i32(ROWS))),
      wasm.block(
        wasm.loop([
          wasm.branchIf(wasm.atLeast(get(from), get(until)), 1),
          wasm.branchIf(wasm.above(get(put), i32(BUFFER + (BATCH - most) * bytes)), 1),
          state.all.map((_, word) => wasm.set(word, wasm.load(get(row), 4 * word))),
          wasm.store(i32(0), AT.current, get(from)),
          wasm.set(start, get(put)),
          wasm.set(loops, wasm.load(i32(0), AT.loops)),
          wasm.block([
            each,
            wasm.set(from, wasm.plus(get(from), i32(1))),
            wasm.set(row, wasm.plus(get(row), i32(4 * words))),
            wasm.branch(1),
          ]),
          wasm.set(put, get(start)),
          wasm.store(i32(0), AT.loops, get(loops)),
          wasm.store(i32(0), AT.missed, i32(1)),
          wasm.branch(1),
        ]),
      ),
      wasm.store(i32(0), AT.current, get(from)),
      wasm.store(i32(0), AT.put, get(put)),
    ],
  };
}

type Locals = [number, number, number, number, number, number];
