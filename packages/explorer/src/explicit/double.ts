import type { Packing } from '../search/lay-out.ts';
import { header, rowAt } from './addresses.ts';
import { hashing, upper } from './hash.ts';
import { AWAY, endOf, GROUP, groupOf, numbersOf, tagOf } from './look-up.ts';
import { ASKED, AT, BATCH, bitsOfPair, pairsOf } from './record.ts';
import * as wasm from './wasm.ts';
import { and, four, get, i32, i64, or, type Code, type Func } from './wasm.ts';

/**
 * Doubles the groups where they are, from the last to the first: the first bit of the hash in an entry says to which of
 * two groups it goes. Of one that is not in its own group only the state knows where it belongs: such entries are put aside,
 * behind the states, and gives back how many there are.
 */
export function double(table: number, packing: Packing): Func {
  const [group, put, count, from, to, entry, numbers, aside, power] = wasm.numbered(9);
  const entries = Array.from({ length: GROUP }, (_, at) => 9 + at);
  const isOne = wasm.shiftRight(get(entry), i32(30));
  const setAside: Code = [
    wasm.store(get(aside), 0, wasm.minus(and(get(entry), get(numbers)), i32(1))),
    wasm.set(aside, wasm.plus(get(aside), i32(4))),
    wasm.set(count, wasm.plus(get(count), i32(1))),
  ];
  // How many each of the two has got stands in the halves of `put`.
  const dealOut: Code = [
    wasm.set(from, wasm.shiftLeft(isOne, i32(4))),
    wasm.store(
      wasm.plus(
        get(to),
        wasm.shiftLeft(
          wasm.plus(wasm.shiftLeft(isOne, i32(3)), and(wasm.shiftRight(get(put), get(from)), i32(0xffff))),
          i32(2),
        ),
      ),
      0,
      or(
        and(
          wasm.shiftLeft(get(entry), i32(1)),
          and(wasm.xor(wasm.plus(wasm.shiftLeft(get(numbers), i32(1)), i32(1)), i32(-1)), i32(~AWAY)),
        ),
        and(get(entry), get(numbers)),
      ),
    ),
    wasm.set(put, wasm.plus(get(put), wasm.shiftLeft(i32(1), get(from)))),
  ];
  return {
    exported: true,
    params: [],
    result: 'i32',
    locals: Array.from({ length: 9 + GROUP }, () => 'i32' as const),
    body: [
      wasm.set(power, header(AT.power)),
      wasm.set(numbers, numbersOf(power)),
      wasm.set(aside, asideAt(packing)),
      wasm.set(group, wasm.minus(endOf(table, power), i32(4 * GROUP))),
      wasm.loop(
        wasm.when(wasm.atLeast(get(group), i32(table)), [
          entries.map((one, at) => wasm.set(one, wasm.load(get(group), 4 * at))),
          wasm.set(to, wasm.plus(i32(table), wasm.shiftLeft(wasm.minus(get(group), i32(table)), i32(1)))),
          [0, 16, 32, 48].map((at) => four.store(get(to), at, four.zero)),
          wasm.set(put, i32(0)),
          wasm.block(
            entries.map((one) => [
              wasm.set(entry, get(one)),
              wasm.branchIf(wasm.isZero(get(entry)), 0),
              wasm.when(and(get(entry), i32(AWAY)), setAside, dealOut),
            ]),
          ),
          wasm.set(group, wasm.minus(get(group), i32(4 * GROUP))),
          wasm.branch(1),
        ]),
      ),
      wasm.store(i32(0), AT.power, wasm.plus(get(power), i32(1))),
      get(count),
    ],
  };
}

/**
 * Puts that many states into the table, the first ones, or if `listed` is not 0 those whose numbers stand behind the states; a
 * batch at a time, so that cache misses overlap.
 */
export function putIn(table: number, packing: Packing): Func {
  const [many, listed, number, row, at, last, seen, power, numbers, end, group, state, aside, away] = wasm.numbered(14);
  const pair = Array.from({ length: pairsOf(packing) }, (_, one) => 14 + one);
  const hash = 14 + pair.length;
  const homes: Code = wasm.loop(
    wasm.when(wasm.below(get(at), get(last)), [
      wasm.when(
        get(listed),
        [wasm.set(state, wasm.load(get(aside))), wasm.set(aside, wasm.plus(get(aside), i32(4)))],
        [wasm.set(state, get(number))],
      ),
      wasm.set(row, rowAt(packing, get(state))),
      pair.map((local, one) =>
        wasm.set(local, wasm.and64(wasm.load64(get(row), 8 * one), i64(bitsOfPair(packing, one)))),
      ),
      hashing(pair, hash),
      wasm.set(group, groupOf(table, upper(hash), power)),
      wasm.set(seen, wasm.xor(get(seen), wasm.load(get(group)))),
      wasm.store(get(at), 0, get(group)),
      wasm.store(get(at), 4, or(tagOf(upper(hash), power, numbers), wasm.plus(get(state), i32(1)))),
      wasm.set(number, wasm.plus(get(number), i32(1))),
      wasm.set(at, wasm.plus(get(at), i32(8))),
      wasm.branch(1),
    ]),
  );
  const putting: Code = wasm.loop(
    wasm.when(wasm.below(get(at), get(last)), [
      wasm.set(group, wasm.load(get(at))),
      // A place after the other, through as many groups as it takes.
      wasm.loop(
        wasm.when(wasm.load(get(group)), [
          wasm.set(group, wasm.plus(get(group), i32(4))),
          wasm.when(wasm.equal(get(group), get(end)), wasm.set(group, i32(table))),
          wasm.branch(1),
        ]),
      ),
      wasm.set(away, wasm.atLeast(wasm.minus(get(group), wasm.load(get(at))), i32(4 * GROUP))),
      wasm.store(get(group), 0, or(wasm.load(get(at), 4), wasm.shiftLeft(get(away), i32(31)))),
      wasm.set(at, wasm.plus(get(at), i32(8))),
      wasm.branch(1),
    ]),
  );
  return {
    exported: true,
    params: ['i32', 'i32'],
    locals: [...Array.from({ length: 12 }, () => 'i32' as const), ...pair.map(() => 'i64' as const), 'i64'],
    body: [
      wasm.set(power, header(AT.power)),
      wasm.set(numbers, numbersOf(power)),
      wasm.set(end, endOf(table, power)),
      wasm.set(aside, asideAt(packing)),
      wasm.set(number, i32(0)),
      wasm.loop(
        wasm.when(wasm.below(get(number), get(many)), [
          wasm.set(at, i32(ASKED)),
          wasm.set(last, wasm.minus(get(many), get(number))),
          wasm.when(wasm.above(get(last), i32(BATCH)), wasm.set(last, i32(BATCH))),
          wasm.set(last, wasm.plus(wasm.times(get(last), i32(8)), i32(ASKED))),
          homes,
          wasm.set(at, i32(ASKED)),
          putting,
          wasm.branch(1),
        ]),
      ),
      wasm.store(i32(0), AT.seen, get(seen)),
    ],
  };
}

/** Where numbers of states are put aside: behind the states, and what is read of the last one. */
const asideAt = (packing: Packing): Code => wasm.plus(rowAt(packing, header(AT.size)), i32(8));
