import type { Packing } from '../search/lay-out.ts';
import { header, rowAt } from './addresses.ts';
import { ASKED, AT, CRASH, CRASHES, fieldsOf, HINTS, pairsOf, rowBytes } from './record.ts';
import { fallAsleep, keepAsleep } from './sleep.ts';
import { differing, eachSuccessor } from './successors.ts';
import * as wasm from './wasm.ts';
import { and, four, get, i32, or, type Code, type Func } from './wasm.ts';

/*
 * The set of states: a table of 4-byte entries, a state's number (from 1) in its low bits and bits of its hash in the others,
 * so that another state is hardly ever compared. Entries are in groups of eight, which are looked at together; a group is
 * filled from its beginning, and what finds it full goes to the next, and has its highest bit set. The hash leads to a group by
 * its first bits, and those that follow stand in the entry: so when groups are doubled (double.ts) an entry says itself where
 * it goes.
 */

export const GROUP = 8;
/** Successors of which something is touched at a time. */
const TOUCHED = 4;

/** The address of the group where a hash leads, and what its entries have beside their numbers. */
export const groupOf = (table: number, hash: Code, power: number): Code =>
  wasm.plus(i32(table), wasm.shiftLeft(wasm.shiftRight(hash, wasm.minus(i32(32), get(power))), i32(5)));
export const tagOf = (hash: Code, power: number, numbers: number): Code =>
  and(wasm.shiftRight(wasm.shiftLeft(hash, get(power)), i32(1)), wasm.xor(get(numbers), i32(-1)));
/** What an entry has that is not in the group where its hash leads. */
export const AWAY = 0x8000_0000;
/** The bits of an entry that are its number. */
export const numbersOf = (power: number): Code => wasm.minus(wasm.shiftLeft(i32(GROUP), get(power)), i32(1));
/** The address after the last group. */
export const endOf = (table: number, power: number): Code =>
  wasm.plus(i32(table), wasm.shiftLeft(i32(4 * GROUP), get(power)));

/**
 * Looks the states up that stand in a buffer from the first address to the second, adds the new ones, and reports them.
 */
export function lookUp(packing: Packing, slots: readonly number[], sleepBits: number, table: number): Func {
  const field = fieldsOf(packing);
  const pairs = pairsOf(packing);
  const [
    first,
    last,
    at,
    row,
    size,
    asked,
    crashes,
    ask,
    power,
    numbers,
    end,
    group,
    found,
    seen,
    effect,
    away,
    hints,
  ] = wasm.numbered(17);
  const [tag, tags, low4, high4] = wasm.numbered(4, 17);
  const all = [get(first), get(last)] as const;
  const report = (list: number, count: number, each: number, values: readonly Code[]): Code => [
    values.map((value, place) => wasm.store(wasm.times(get(count), i32(each)), list + 4 * place, value)),
    wasm.set(count, wasm.plus(get(count), i32(1))),
  ];
  const hashed = wasm.load(get(at), field.hash);
  const tagged = tagOf(hashed, power, numbers);
  /** To the group where the hash leads. */
  const aim: Code = [wasm.set(group, groupOf(table, hashed, power)), wasm.set(tag, four.of(tagged))];
  /** Bits of the entries of a group that may be the state. */
  const candidates: Code = [wasm.set(low4, four.load(get(group))), wasm.set(high4, four.load(get(group), 16))];
  const alike = (entries: number): Code =>
    four.bits(
      four.without(four.equal(four.and(get(entries), get(tags)), get(tag)), four.equal(get(entries), four.zero)),
    );
  const matching: Code = or(alike(low4), wasm.shiftLeft(alike(high4), i32(4)));
  const free: Code = or(
    four.bits(four.equal(get(low4), four.zero)),
    wasm.shiftLeft(four.bits(four.equal(get(high4), four.zero)), i32(4)),
  );
  const entryAt = (bits: number): Code => wasm.plus(get(group), wasm.shiftLeft(wasm.lowestBit(get(bits)), i32(2)));
  const isSame = (number: Code): Code => [
    wasm.set(row, rowAt(packing, wasm.minus(number, i32(1)))),
    wasm.isZero64(differing(packing, get(at), get(row))),
  ];
  const isNew: Code = [
    sleepBits === 0
      ? []
      : [
          fallAsleep(packing, slots, sleepBits, { at, asleep: ask, effect, place: row }),
          keepAsleep(get(size), get(ask)),
        ],
    wasm.set(row, rowAt(packing, get(size))),
    Array.from({ length: pairs }, (_, pair) => wasm.store64(get(row), 8 * pair, wasm.load64(get(at), 8 * pair))),
    wasm.set(ask, wasm.load(get(at), field.ask)),
    wasm.when(get(ask), [
      wasm.when(and(get(ask), i32(CRASH)), report(CRASHES, crashes, 4, [get(size)])),
      wasm.set(ask, and(get(ask), i32(CRASH - 1))),
      wasm.when(
        get(ask),
        wasm.when(wasm.call('judges', get(ask), get(at)), report(ASKED, asked, 8, [get(size), get(ask)])),
      ),
    ]),
    wasm.set(size, wasm.plus(get(size), i32(1))),
  ];
  const probe: Code = [
    aim,
    wasm.set(away, i32(0)),
    wasm.loop([
      candidates,
      wasm.set(found, matching),
      // Blocks: if, loop, if of those that may be it, loop over groups, around all.
      wasm.loop(
        wasm.when(get(found), [
          wasm.branchIf(isSame(and(wasm.load(entryAt(found)), get(numbers))), 3),
          wasm.set(found, and(get(found), wasm.minus(get(found), i32(1)))),
          wasm.branch(1),
        ]),
      ),
      wasm.set(found, free),
      wasm.when(wasm.isZero(get(found)), [
        wasm.set(group, wasm.plus(get(group), i32(4 * GROUP))),
        wasm.when(wasm.equal(get(group), get(end)), wasm.set(group, i32(table))),
        wasm.set(away, i32(AWAY)),
        wasm.set(tag, four.of(or(tagged, get(away)))),
        wasm.branch(1),
      ]),
    ]),
    wasm.set(seen, entryAt(found)),
    isNew,
    wasm.store(get(seen), 0, or(or(tagged, get(away)), get(size))),
  ];
  /** Loads what is at some addresses at once, so that little stands between two cache misses. */
  const touch = (addressesOf: (one: number) => readonly Code[]): Code => {
    const addresses = Array.from({ length: TOUCHED }, (_, one) => addressesOf(one)).flat();
    return wasm.set(
      seen,
      addresses.reduce<Code>((sum, address) => wasm.xor(sum, wasm.load(address)), get(seen)),
    );
  };
  return {
    exported: true,
    params: ['i32', 'i32'],
    locals: [...Array.from({ length: 15 }, () => 'i32' as const), 'v128', 'v128', 'v128', 'v128'],
    body: [
      wasm.set(size, header(AT.size)),
      wasm.set(asked, header(AT.asked)),
      wasm.set(crashes, header(AT.crashes)),
      wasm.set(power, header(AT.power)),
      wasm.set(numbers, numbersOf(power)),
      wasm.set(tags, four.of(wasm.xor(get(numbers), i32(-1)))),
      wasm.set(end, endOf(table, power)),
      // What will be looked at is touched, one thing after the other: the cache misses of a whole batch overlap.
      eachSuccessor(
        packing,
        at,
        all,
        touch((one) => [groupOf(table, wasm.load(get(at), one * field.bytes + field.hash), power)]),
        TOUCHED,
      ),
      wasm.set(hints, i32(HINTS)),
      eachSuccessor(packing, at, all, [
        aim,
        candidates,
        wasm.set(found, matching),
        // Of no bit the lowest is number 32: the first entry is read, which does not count. Reading behind the group would miss.
        wasm.set(
          row,
          wasm.load(wasm.plus(get(group), wasm.shiftLeft(and(wasm.lowestBit(get(found)), i32(GROUP - 1)), i32(2)))),
        ),
        wasm.set(row, and(and(get(row), get(numbers)), wasm.minus(i32(0), wasm.unequal(get(found), i32(0))))),
        wasm.store(get(at), field.hint, get(row)),
        wasm.store(get(hints), 0, get(row)),
        wasm.set(hints, wasm.plus(get(hints), wasm.shiftLeft(wasm.unequal(get(row), i32(0)), i32(2)))),
      ]),
      wasm.set(group, i32(HINTS)),
      wasm.loop(
        wasm.when(wasm.below(get(group), get(hints)), [
          touch((one) => {
            const hinted = rowAt(packing, wasm.minus(wasm.load(get(group), 4 * one), i32(1)));
            // A row may begin in one line of the cache and end in the next.
            return [hinted, wasm.plus(hinted, i32(rowBytes(packing) - 4))];
          }),
          wasm.set(group, wasm.plus(get(group), i32(4 * TOUCHED))),
          wasm.branch(1),
        ]),
      ),
      wasm.store(i32(0), AT.seen, get(seen)),
      eachSuccessor(
        packing,
        at,
        all,
        wasm.block([
          wasm.when(wasm.load(get(at), field.hint), wasm.branchIf(isSame(wasm.load(get(at), field.hint)), 1)),
          probe,
        ]),
      ),
      wasm.store(i32(0), AT.size, get(size)),
      wasm.store(i32(0), AT.asked, get(asked)),
      wasm.store(i32(0), AT.crashes, get(crashes)),
    ],
  };
}
