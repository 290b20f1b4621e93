import type { Compiled } from '../compile.ts';
import { AT, BATCH, BUFFER, fieldsOf, mostSuccessors, ROWS } from './record.ts';
import { asleep, awake, type Sleep } from './sleep.ts';
import type { StateWords } from './state-words.ts';
import * as wasm from './wasm.ts';
import { and, get, i32, type Func } from './wasm.ts';

/**
 * Expands states from `current` up to `until`, as long as there is room in the buffer; a state that a place gives back
 * leaves no trace. `place` is the type of the functions for places, which begin the table.
 */
export function expand({ nodes, symmetric }: Compiled, state: StateWords, sleep: Sleep, place: number): Func {
  const { packing, slots, slotWords } = state;
  const { words, wordOf, shiftOf } = packing;
  const { bytes } = fieldsOf(packing);
  const most = mostSuccessors(nodes, slots.length);
  const [from, until, put, start, loops, row, skipped, sleeping, after] = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(
    (local) => words + local,
  ) as Locals;
  const each = slots.map((field, slot) => {
    const at = wasm.plus(state.valueOf(field), i32(slotWords.indexOf(wordOf[field]!) * nodes.length));
    // Interchangeable slots with the same value move once.
    const alike = wasm.equal(state.valueOf(field), slot > 0 ? state.valueOf(field - 1) : i32(-1));
    return wasm.block([
      symmetric && slot > 0 ? wasm.branchIf(alike, 0) : [],
      wasm.store(i32(0), AT.slot, i32(slot)),
      wasm.set(after, wasm.callAt(place, at, ...state.all, i32(shiftOf[field]!), get(put))),
      // Out of the block around all slots: the state is given back.
      wasm.branchIf(wasm.isZero(get(after)), 1),
      wasm.when(
        and(get(sleeping), i32(1 << slot)),
        wasm.set(skipped, wasm.plus(get(skipped), wasm.minus(get(after), get(put)))),
        wasm.set(put, get(after)),
      ),
    ]);
  });
  return {
    exported: 'expand',
    params: [],
    locals: [...state.types, ...Array.from({ length: 9 }, () => 'i32' as const)],
    body: [
      wasm.set(from, wasm.load(i32(0), AT.current)),
      wasm.set(until, wasm.load(i32(0), AT.until)),
      wasm.set(put, wasm.load(i32(0), AT.put)),
      wasm.set(row, wasm.plus(wasm.times(get(from), i32(4 * words)), i32(ROWS))),
      wasm.block(
        wasm.loop([
          wasm.branchIf(wasm.atLeast(get(from), get(until)), 1),
          wasm.branchIf(wasm.above(get(put), i32(BUFFER + (BATCH - most) * bytes)), 1),
          wasm.set(sleeping, asleep(sleep, wasm.load(get(row), 4 * sleep.word))),
          state.all.map((_, word) => wasm.set(word, awake(sleep, word, wasm.load(get(row), 4 * word)))),
          wasm.store(i32(0), AT.current, get(from)),
          wasm.set(start, get(put)),
          wasm.set(skipped, i32(0)),
          wasm.set(loops, wasm.load(i32(0), AT.loops)),
          wasm.block([
            each,
            wasm.store(i32(0), AT.skipped, wasm.plus(wasm.load(i32(0), AT.skipped), get(skipped))),
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

type Locals = [number, number, number, number, number, number, number, number, number];
