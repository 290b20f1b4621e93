import type { Packing } from '../search/lay-out.ts';
import { keptAt } from './kept.ts';
import { ASKS, LEAF, pairsOf, QUIET, QUIET_POWER, quietBytes, TO_LEAF } from './record.ts';
import * as wasm from './wasm.ts';
import { and, get, i32, or, type Code, type Func, type Signature } from './wasm.ts';

/*
 * Tables are trees in memory (record.ts has their shape, image.ts writes them). A test is followed by taking bits of the
 * state, with no jump that could be predicted wrongly but the one at the end.
 */

/** Follows local `at` from a table to the leaf for the state at address `state`, or to 0. `test` is a local to use. */
export const walk = (at: number, test: number, state: Code): Code =>
  wasm.block(
    wasm.loop([
      wasm.branchIf(or(and(get(at), i32(1)), wasm.isZero(get(at))), 1),
      wasm.set(test, wasm.load(get(at))),
      wasm.set(at, wasm.load(wasm.plus(get(at), wasm.shiftLeft(valueOf(test, state), i32(2))), 4)),
      wasm.branch(0),
    ]),
  );

export const inLeaf = (leaf: Code, field: number): Code => wasm.load(leaf, field + TO_LEAF);

/** Shifts are taken modulo 32, so that the offset below and the mask above need not be cut off. */
const valueOf = (test: number, state: Code): Code =>
  and(
    wasm.shiftRight(wasm.load(wasm.plus(state, and(get(test), i32(0x7f)))), wasm.shiftRight(get(test), i32(8))),
    wasm.shiftRight(get(test), i32(13)),
  );

/**
 * Whether one of the judges that number `ask` stands for has something to say about the state at `state`, or is not known to
 * have not. What they read of a state comes again and again; that they had nothing to say of it is kept, in one of a few
 * places, and stays so.
 */
export const judges = (packing: Packing): Func => {
  const [ask, state, list, end, at, test, judge, kept] = [0, 1, 2, 3, 4, 5, 6, 7];
  const pair = Array.from({ length: pairsOf(packing) }, (_, one) => 8 + one);
  const [list64, hash] = [8 + pair.length, 9 + pair.length];
  const places = { address: QUIET, power: QUIET_POWER, size: quietBytes(packing) };
  // What all of them may read stands behind the list.
  const { find, isThere, take } = keptAt(places, get(list), {
    state,
    looked: end,
    pair,
    number: list64,
    hash,
    place: kept,
  });
  return {
    ...asking,
    locals: [...Array.from({ length: 6 }, () => 'i32' as const), ...pair.map(() => 'i64' as const), 'i64', 'i64'],
    body: [
      wasm.set(list, wasm.load(wasm.shiftLeft(get(ask), i32(2)), ASKS)),
      wasm.set(end, wasm.load(get(list))),
      wasm.when(wasm.equal(get(end), wasm.plus(get(list), i32(4))), wasm.give(i32(0))),
      find,
      wasm.when(isThere, wasm.give(i32(0))),
      each(list, end, 4, [
        wasm.set(judge, wasm.load(get(list))),
        wasm.when(wasm.load(get(judge), 4), [
          wasm.set(at, wasm.load(get(judge))),
          walk(at, test, get(state)),
          wasm.when(wasm.isZero(get(at)), wasm.give(i32(1))),
          wasm.when(and(inLeaf(get(at), LEAF.transitions), wasm.load(get(judge), 4)), wasm.give(i32(1))),
        ]),
      ]),
      take,
      i32(0),
    ],
  };
};

/** The same of the events in a list: `alone` is 0 if no other slot is in an operation, and else 4. */
export const events = (): Func => {
  const [list, state, alone, end, at, test] = [0, 1, 2, 3, 4, 5];
  return {
    ...happening,
    locals: ['i32', 'i32', 'i32'],
    body: [
      each(list, end, 8, [
        wasm.set(at, wasm.load(wasm.load(wasm.plus(get(list), get(alone))))),
        walk(at, test, get(state)),
        wasm.when(wasm.isZero(get(at)), wasm.give(i32(1))),
        wasm.when(inLeaf(get(at), LEAF.transitions), wasm.give(i32(1))),
      ]),
      i32(0),
    ],
  };
};

const asking: Signature = { params: ['i32', 'i32'], result: 'i32' };
const happening: Signature = { params: ['i32', 'i32', 'i32'], result: 'i32' };

/** A list is the address of its end, then what is in it. `list` walks over it; `body` must not leave it elsewhere. */
export const each = (list: number, end: number, bytes: number, body: Code): Code => [
  wasm.set(end, wasm.load(get(list))),
  wasm.set(list, wasm.plus(get(list), i32(4))),
  wasm.loop(
    wasm.when(wasm.below(get(list), get(end)), [
      body,
      wasm.set(list, wasm.plus(get(list), i32(bytes))),
      wasm.branch(1),
    ]),
  ),
];
