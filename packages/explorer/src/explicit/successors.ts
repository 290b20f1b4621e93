import type { Packing } from '../search/lay-out.ts';
import { header, rowAt } from './addresses.ts';
import { hashing, upper } from './hash.ts';
import { AT, bitsOfPair, BUFFER, fieldsOf, pairsOf } from './record.ts';
import * as wasm from './wasm.ts';
import { get, i32, i64, type Code, type Func } from './wasm.ts';

/* Successors that are not looked up yet: the packed state, its hash, and what comes with it (record.ts). */

/** Finishes the successor whose pairs of words are in the locals `pair` and stand in the buffer at local `put` already. */
export function successor(
  packing: Packing,
  pair: readonly number[],
  {
    put,
    hash,
    ask,
    effect,
    asleep,
  }: { readonly put: number; readonly hash: number; readonly ask: Code; readonly effect: Code; readonly asleep: Code },
): Code {
  const field = fieldsOf(packing);
  return [
    hashing(pair, hash),
    wasm.store(get(put), field.hash, upper(hash)),
    wasm.store(get(put), field.ask, ask),
    wasm.store(get(put), field.effect, effect),
    wasm.store(get(put), field.asleep, asleep),
    wasm.store(get(put), field.from, header(AT.current)),
    wasm.set(put, wasm.plus(get(put), i32(field.bytes))),
  ];
}

/** For a state that JavaScript has put into the buffer as words only. */
export function finish(packing: Packing): Func {
  const put = 0;
  const pair = Array.from({ length: pairsOf(packing) }, (_, one) => 1 + one);
  const hash = 1 + pair.length;
  return {
    exported: true,
    params: [],
    locals: ['i32', ...pair.map(() => 'i64' as const), 'i64'],
    body: [
      wasm.set(put, header(AT.put)),
      pair.map((local, one) => wasm.set(local, wasm.load64(get(put), 8 * one))),
      successor(packing, pair, { put, hash, ask: i32(0), effect: i32(0), asleep: i32(0) }),
      wasm.store(i32(0), AT.put, get(put)),
    ],
  };
}

/** From which state the first successor in the buffer comes that is state `sought`; -1 if there is none. */
export function find(packing: Packing): Func {
  const [at, row] = [0, 1];
  return {
    exported: true,
    params: [],
    result: 'i32',
    locals: ['i32', 'i32'],
    body: [
      wasm.set(row, rowAt(packing, header(AT.sought))),
      eachSuccessor(
        packing,
        at,
        [i32(BUFFER), header(AT.put)],
        wasm.when(
          wasm.isZero64(differing(packing, get(at), get(row))),
          wasm.give(wasm.load(get(at), fieldsOf(packing).from)),
        ),
      ),
      i32(-1),
    ],
  };
}

/** Goes through the successors from the first address to the second, `atOnce` at a time: some behind the end may be among the last. */
export const eachSuccessor = (
  packing: Packing,
  at: number,
  [first, last]: readonly [Code, Code],
  body: Code,
  atOnce = 1,
): Code => [
  wasm.set(at, first),
  wasm.loop(
    wasm.when(wasm.below(get(at), last), [
      body,
      wasm.set(at, wasm.plus(get(at), i32(atOnce * fieldsOf(packing).bytes))),
      wasm.branch(1),
    ]),
  ),
];

/** Bits in which two packed states differ, as 64 bits. */
export function differing(packing: Packing, a: Code, b: Code): Code {
  const parts = Array.from({ length: pairsOf(packing) }, (_, pair) =>
    wasm.and64(wasm.xor64(wasm.load64(a, 8 * pair), wasm.load64(b, 8 * pair)), i64(bitsOfPair(packing, pair))),
  );
  return parts.reduce((all, one) => wasm.or64(all, one));
}
