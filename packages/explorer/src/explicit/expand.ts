import type { Compiled } from '../tables/compile.ts';
import type { Packing } from '../search/lay-out.ts';
import { fieldAt, header, rowAt } from './addresses.ts';
import { inOrderOf, mayDisorderCode, type Order } from './in-order.ts';
import { AT, BUSY, KEPT, LEAF, LISTS, pairsOf, RING, rowBytes, TO_LEAF, transitionOf } from './record.ts';
import { recently, type Recent } from './recent.ts';
import { inRing, JUDGED, MOVES, WAITS } from './sleep.ts';
import { successor } from './successors.ts';
import { each, inLeaf, walk } from './walk.ts';
import * as wasm from './wasm.ts';
import { and, get, i32, i64, shiftRight, type Code, type Func } from './wasm.ts';

/**
 * Expands states from `current` up to `until`, as long as there is room in the buffer. A state for which a table knows
 * nothing, or that has to be looked at, leaves no trace and ends it.
 */
export function expand(
  compiled: Compiled,
  packing: Packing,
  sleepBits: number,
  recent: Recent,
  orders: readonly Order[],
): Func {
  const { cells, slots, symmetric } = compiled;
  const { wordOf, shiftOf, masks } = packing;
  const pairs = pairsOf(packing);
  const transition = transitionOf(packing);
  const [from, until, put, start, loops, row, skipped, asleep, sleeps, sleeping, place, list, end, at, test, last] =
    wasm.numbered(16);
  const pair = Array.from({ length: pairs }, (_, one) => 16 + one);
  const hash = 16 + pairs;
  const spare = hash + 1;
  const fieldOf = (slot: number): number => cells.length + slot;
  const valueOf = (slot: number): Code => fieldAt(packing, fieldOf(slot), get(row));
  /** Where the field of a slot is, two words at a time. */
  const pairOf = (slot: number) => {
    const one = fieldOf(slot);
    return { in: wordOf[one]! >> 1, shift: BigInt(shiftOf[one]! + 32 * (wordOf[one]! & 1)), mask: BigInt(masks[one]!) };
  };
  /** Out of the block around all slots: the state is given back. */
  const giveBack = wasm.branch;

  const eachSlot = Array.from({ length: slots }, (_, slot) => {
    const others = Array.from({ length: slots }, (_one, other) => other).filter((other) => other !== slot);
    const isBusy = others.reduce<Code>((sum, other) => wasm.or(sum, wasm.loadByte(valueOf(other), BUSY)), i32(0));
    const mine = pairOf(slot);
    const after: Code = pair.map((local, one) => {
      const kept = wasm.or64(
        wasm.and64(wasm.load64(get(row), 8 * one), wasm.load64(get(at), 16 * one)),
        wasm.load64(get(at), 16 * one + 8),
      );
      if (one !== mine.in) return wasm.set(local, kept);
      const others64 = wasm.and64(kept, i64(~(mine.mask << mine.shift)));
      const to = wasm.shiftLeft64(wasm.extended(wasm.load(get(at), transition.to)), i64(mine.shift));
      return wasm.set(local, wasm.or64(others64, to));
    });
    const take: Code = [
      after,
      symmetric ? slotsInOrder() : [],
      pair.map((local, one) => wasm.store64(get(put), 8 * one, get(local))),
      // Blocks: if, if, if, loop, if of the list, if, loop, around this slot.
      wasm.when(
        wasm.load(get(at), transition.events),
        wasm.when(
          wasm.call('events', wasm.load(get(at), transition.events), get(put), wasm.shiftLeft(isBusy, i32(2))),
          giveBack(8),
        ),
      ),
      orders.length > 1 ? wasm.set(test, i32(0)) : [],
      orders.map((one, number) => {
        const mayBeOut = mayDisorderCode(compiled, one, packing, pair, {
          row,
          from: place,
          to: wasm.load(get(at), transition.to),
        });
        return wasm.when(
          number > 0 ? wasm.or(get(test), mayBeOut) : mayBeOut,
          wasm.when(wasm.call(inOrderOf(number), get(put)), [
            pair.map((local, at64) => wasm.set(local, wasm.load64(get(put), 8 * at64))),
            number + 1 < orders.length ? wasm.set(test, i32(1)) : [],
          ]),
        );
      }),
      wasm.when(
        get(sleeping),
        wasm.set(skipped, wasm.plus(get(skipped), i32(1))),
        successor(packing, pair, {
          put,
          hash,
          ask: wasm.load(get(at), transition.ask),
          effect: wasm.or(wasm.load(get(at), transition.effect), i32(slot)),
          asleep: get(asleep),
        }),
      ),
    ];
    const all: Code = [
      wasm.set(last, wasm.times(inLeaf(get(at), LEAF.transitions), i32(transition.bytes))),
      wasm.set(at, wasm.plus(get(at), i32(TO_LEAF + LEAF.bytes))),
      wasm.set(last, wasm.plus(get(last), get(at))),
      wasm.loop(
        wasm.when(wasm.below(get(at), get(last)), [
          take,
          wasm.set(at, wasm.plus(get(at), i32(transition.bytes))),
          wasm.branch(1),
        ]),
      ),
    ];
    const shift = i32(slot * sleepBits);
    const sleepsAs = and(shiftRight(get(asleep), shift), i32(JUDGED));
    return wasm.block([
      // Interchangeable slots with the same value move once.
      symmetric && slot > 0 ? wasm.branchIf(wasm.equal(valueOf(slot), valueOf(slot - 1)), 0) : [],
      wasm.set(place, valueOf(slot)),
      sleepBits === 0
        ? []
        : wasm.when(wasm.loadByte(get(place), BUSY), [
            wasm.branchIf(wasm.equal(sleepsAs, i32(WAITS)), 1),
            wasm.when(wasm.equal(sleepsAs, i32(MOVES)), [
              wasm.set(skipped, wasm.plus(get(skipped), i32(1))),
              wasm.branch(2),
            ]),
          ]),
      wasm.set(list, wasm.load(wasm.shiftLeft(get(place), i32(2)), LISTS)),
      wasm.when(
        wasm.loadByte(get(place), KEPT),
        // Blocks: if that it is not there, if that it is not known, around this slot.
        recently(recent, { list, row, end, kept: at, loops, pair, hash, spare }, giveBack(4)),
      ),
      each(list, end, 8, [
        wasm.set(at, wasm.load(get(list))),
        walk(at, test, get(row)),
        // Blocks: if, if of the list, loop, around this slot.
        wasm.when(wasm.isZero(get(at)), giveBack(4)),
        wasm.when(inLeaf(get(at), LEAF.look), giveBack(4)),
        wasm.set(loops, wasm.plus(get(loops), inLeaf(get(at), LEAF.loops))),
        wasm.set(sleeps, inLeaf(get(at), LEAF.sleep)),
        wasm.set(sleeping, sleepBits === 0 ? i32(0) : and(get(asleep), wasm.shiftLeft(wasm.load(get(list), 4), shift))),
        wasm.when(
          and(wasm.unequal(get(sleeping), i32(0)), wasm.unequal(get(sleeps), i32(JUDGED))),
          wasm.set(skipped, wasm.plus(get(skipped), inLeaf(get(at), LEAF.transitions))),
          all,
        ),
      ]),
      sleepBits === 0
        ? []
        : [
            wasm.when(wasm.isZero(wasm.loadByte(get(place), BUSY)), wasm.set(sleeps, i32(2 ** sleepBits - 1))),
            wasm.set(asleep, wasm.or(get(asleep), wasm.shiftLeft(get(sleeps), shift))),
          ],
    ]);
  });

  return {
    exported: true,
    params: [],
    locals: [...Array.from({ length: 16 }, () => 'i32' as const), ...pair.map(() => 'i64' as const), 'i64', 'i64'],
    body: [
      wasm.set(from, header(AT.current)),
      wasm.set(until, header(AT.until)),
      wasm.set(put, header(AT.put)),
      wasm.set(row, rowAt(packing, get(from))),
      wasm.block(
        wasm.loop([
          wasm.branchIf(wasm.atLeast(get(from), get(until)), 1),
          wasm.branchIf(wasm.atLeast(get(put), header(AT.enough)), 1),
          wasm.set(asleep, sleepBits === 0 ? i32(0) : and(wasm.load(inRing(get(from)), RING), header(AT.canSleep))),
          wasm.store(i32(0), AT.current, get(from)),
          wasm.set(start, get(put)),
          wasm.set(skipped, header(AT.skipped)),
          wasm.set(loops, header(AT.loops)),
          wasm.block([
            eachSlot,
            wasm.store(i32(0), AT.skipped, get(skipped)),
            wasm.store(i32(0), AT.loops, get(loops)),
            wasm.set(from, wasm.plus(get(from), i32(1))),
            wasm.set(row, wasm.plus(get(row), i32(rowBytes(packing)))),
            wasm.branch(1),
          ]),
          wasm.set(put, get(start)),
          wasm.store(i32(0), AT.missed, i32(1)),
          wasm.branch(1),
        ]),
      ),
      wasm.store(i32(0), AT.current, get(from)),
      wasm.store(i32(0), AT.put, get(put)),
    ],
  };

  /** Interchangeable slots are kept in order of value: neighbours are exchanged where they have to be, without a jump. */
  function slotsInOrder(): Code {
    const rounds = Array.from({ length: slots - 1 }, (_, round) =>
      Array.from({ length: slots - 1 - round }, (_one, slot) => slot),
    ).flat();
    return rounds.map((slot) => {
      const [one, two] = [pairOf(slot), pairOf(slot + 1)];
      const value = (of: typeof one): Code =>
        wasm.and64(wasm.shiftRight64(get(pair[of.in]!), i64(of.shift)), i64(of.mask));
      const isWrong = wasm.extended(wasm.above64(value(one), value(two)));
      const difference = wasm.and64(wasm.xor64(value(one), value(two)), wasm.minus64(i64(0n), isWrong));
      const flip = (of: typeof one): Code =>
        wasm.set(pair[of.in]!, wasm.xor64(get(pair[of.in]!), wasm.shiftLeft64(get(spare), i64(of.shift))));
      return [wasm.set(spare, difference), flip(one), flip(two)];
    });
  }
}
