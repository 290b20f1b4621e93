import type { Compiled } from '../compile.ts';
import type { Packing } from '../lay-out.ts';
import { AT, EFFECTS, fieldsOf, PLACES, ROWS } from './record.ts';
import * as wasm from './wasm.ts';
import { and, get, i32, or, shiftRight, type Code } from './wasm.ts';

/*
 * Look-ups that are known to find. State s was new when slot i moved by m out of p. Slot j moves by t out of p, and
 * either j comes before i, or t(p) was known when p was expanded: so t(p) was there before s. If t and m touch nothing
 * that the other writes, t is the same move out of s, and t(s) = m(t(p)). All states are expanded in the order in which
 * they were found, t(p) before s: so t(s) is there when s is expanded. Slot j *sleeps* in s. Its moves are taken, counted
 * and judged as ever; where they lead is not looked up. This is the first half of sleep sets (Godefroid 1996), which
 * leave such moves out.
 *
 * A bit for each slot stands in the packed state where it has bits to spare, and is left out where states are compared.
 * It is not done where slots are interchangeable, because they change places, nor once a state is not expanded (after a
 * crash).
 */

/** Where the bits are; none, if `mask` is 0. */
export interface Sleep {
  readonly word: number;
  readonly shift: number;
  readonly mask: number;
}

export const sleepBits = ({ slots, symmetric }: Compiled, { spare }: Packing): Sleep =>
  symmetric || !spare ? { word: 0, shift: 0, mask: 0 } : { ...spare, mask: 2 ** slots - 1 };

/** A word of a packed state without the bits. */
export function awake({ word, shift, mask }: Sleep, at: number, value: Code): Code {
  return at === word && mask !== 0 ? and(value, i32(~(mask << shift))) : value;
}

/** The bits in a word where they are. */
export const asleep = ({ shift }: Sleep, value: Code): Code =>
  and(shiftRight(value, i32(shift)), wasm.load(i32(0), AT.canSleep));

/** The slots that sleep in the new state that the buffer has at `at`. `row` and `effect` are locals to use. */
export function sleepers(
  packing: Packing,
  slots: readonly number[],
  sleep: Sleep,
  { at, row, effect }: { readonly at: number; readonly row: number; readonly effect: number },
): { readonly before: Code; readonly value: Code } {
  const { words, wordOf, shiftOf, masks } = packing;
  const field = fieldsOf(packing);
  const slot = and(wasm.load(get(at), field.effect), i32(255));
  const mover = wasm.shiftLeft(i32(1), slot);
  const independent = slots.map((one, index) => {
    const value = and(shiftRight(wasm.load(get(row), 4 * wordOf[one]!), i32(shiftOf[one]!)), i32(masks[one]!));
    const place = wasm.shiftLeft(value, i32(4));
    const clash = wasm.or64(
      wasm.and64(wasm.load64(get(effect), EFFECTS), wasm.load64(place, PLACES)),
      wasm.and64(wasm.load64(get(effect), EFFECTS + 8), wasm.load64(place, PLACES + 8)),
    );
    return wasm.shiftLeft(wasm.isZero64(clash), i32(index));
  });
  const earlier = or(asleep(sleep, wasm.load(get(row), 4 * sleep.word)), wasm.minus(mover, i32(1)));
  const others = and(earlier, wasm.xor(mover, i32(-1)));
  return {
    before: [
      wasm.set(row, wasm.plus(wasm.times(wasm.load(get(at), field.from), i32(4 * words)), i32(ROWS))),
      wasm.set(effect, wasm.shiftLeft(shiftRight(wasm.load(get(at), field.effect), i32(8)), i32(4))),
    ],
    value: and(
      and(
        others,
        independent.reduce((all, one) => or(all, one)),
      ),
      wasm.load(i32(0), AT.canSleep),
    ),
  };
}
