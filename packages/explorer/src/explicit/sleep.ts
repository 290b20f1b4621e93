import type { Compiled } from '../tables/compile.ts';
import type { Packing } from '../search/lay-out.ts';
import { fieldAt, header } from './addresses.ts';
import { AT, BUSY, EFFECTS, fieldsOf, LEFT_ALONE, PLACES, RING } from './record.ts';
import * as wasm from './wasm.ts';
import { and, get, i32, or, shiftLeft, shiftRight, type Code } from './wasm.ts';

/*
 * Look-ups that are known to find. State s was new when slot i moved by m out of p. Slot j moves by t out of p, and
 * either j comes before i, or t(p) was known when p was expanded: so t(p) was there before s. If t and m touch nothing
 * that the other writes, t is the same move out of s, and t(s) = m(t(p)). All states are expanded in the order in which
 * they were found, t(p) before s: so t(s) is there when s is expanded. Slot j *sleeps* in s. Its moves are counted and
 * judged; where they lead is not looked up. This is the first half of sleep sets (Godefroid 1996), which leave such moves out.
 *
 * Who sleeps is kept until the state is expanded, in a ring: for each slot some bits of a number. Of a slot in an
 * operation two say whether it does, and what is then to be done; of one between operations each stands for a class of starts.
 *
 * It is not done where slots are interchangeable, because they change places, nor once a state is not expanded (after a
 * crash).
 */

/** It sleeps, and waits. */
export const WAITS = 1;
/** It sleeps, and has one move, of which nothing is to be said. */
export const MOVES = 2;
/** It sleeps, and its move is to be judged: that may depend on what the others do. */
export const JUDGED = 3;

/** How many bits a slot has; 0 if nobody sleeps. */
export const sleepBits = ({ slots, symmetric }: Compiled): number =>
  symmetric || slots > 16 ? 0 : Math.min(16, Math.floor(32 / slots));

/** The class of a bundle of starts, neighbours together. */
export const classOf = (bundle: number, bundles: number, bits: number): number =>
  bundles <= bits ? bundle : Math.floor((bundle * bits) / bundles);

/** The address of who sleeps in a state. */
export const inRing = (number: Code): Code => shiftLeft(and(number, header(AT.ring)), i32(2));

/** Puts into local `asleep` who sleeps in the new state at `at`. `effect` and `place` are locals to use. */
export function fallAsleep(
  packing: Packing,
  slots: readonly number[],
  bits: number,
  {
    at,
    asleep,
    effect,
    place,
  }: { readonly at: number; readonly asleep: number; readonly effect: number; readonly place: number },
): Code {
  const field = fieldsOf(packing);
  const all = 2 ** bits - 1;
  const clash = wasm.or64(
    wasm.and64(
      wasm.load64(shiftLeft(get(effect), i32(4)), EFFECTS),
      wasm.load64(shiftLeft(get(place), i32(4)), PLACES),
    ),
    wasm.and64(
      wasm.load64(shiftLeft(get(effect), i32(4)), EFFECTS + 8),
      wasm.load64(shiftLeft(get(place), i32(4)), PLACES + 8),
    ),
  );
  const keeps = slots.map((one, slot) => [
    wasm.set(place, fieldAt(packing, one, get(at))),
    wasm.when(
      wasm.loadByte(get(place), BUSY),
      wasm.when(wasm.isZero(wasm.isZero64(clash)), wasm.set(asleep, and(get(asleep), i32(~(all << (slot * bits)))))),
      wasm.set(
        asleep,
        and(
          get(asleep),
          or(
            shiftLeft(wasm.load(shiftLeft(get(effect), i32(2)), LEFT_ALONE), i32(slot * bits)),
            i32(~(all << (slot * bits))),
          ),
        ),
      ),
    ),
  ]);
  const mover = and(wasm.load(get(at), field.effect), i32(255));
  return [
    wasm.set(effect, shiftRight(wasm.load(get(at), field.effect), i32(8))),
    wasm.set(
      asleep,
      and(
        and(wasm.load(get(at), field.asleep), header(AT.canSleep)),
        wasm.xor(shiftLeft(i32(all), wasm.times(mover, i32(bits))), i32(-1)),
      ),
    ),
    wasm.when(get(asleep), keeps),
  ];
}

/** Where it is kept for state `number`. */
export const keepAsleep = (number: Code, asleep: Code): Code => wasm.store(inRing(number), RING, asleep);
