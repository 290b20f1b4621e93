import type { Cell } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import type { UserExchange } from '../users/exchange.ts';
import { exchangeCells, orderByNumber, weightOf } from '../likeness/ordering.ts';
import type { LikeUsers } from '../users/like-users.ts';
import type { Classes } from './classes.ts';
import type { Counter } from './counters.ts';
import type { Picture } from './picture.ts';

/** Where a picture has what. */
interface Places {
  /** Of each cell, or -1. */
  readonly keptAt: Int32Array;
  /** Of each crowd the classes it has, and the cells of one of its devices. */
  readonly crowds: readonly { readonly classes: Classes; readonly cells: readonly number[]; readonly word: number }[];
  readonly words: number;
  readonly firstSlot: number;
}

/**
 * Puts the users of a picture in order, and says whether they were not: {@link puttingInOrder}, but that of the
 * devices of a crowd at which no operation is a user is told by the classes that there are. Exchanging two users makes other
 * classes of these, too. Slots are left in no order.
 */
export function pictureOrder(likeUsers: LikeUsers, compiled: Compiled, places: Places): (picture: Picture) => boolean {
  const { keptAt, crowds, words, firstSlot } = places;
  const { members, exchanges, rounds } = likeUsers;
  const row = compiled.initial.slice();
  const kept = members.map((member) => ({
    own: member.own.filter(({ id }) => keptAt[id]! >= 0),
    naming: member.naming.filter(({ id }) => keptAt[id]! >= 0),
    places: member.places,
  }));
  const pairs = exchanges.map(({ own }) => own.filter(([id]) => keptAt[id]! >= 0));
  const namings = exchanges.map(({ naming }) => naming.filter(({ id }) => keptAt[id]! >= 0));
  const weights = members.map(() => crowds.map((): number[] => []));
  const exchanged = exchanges.map(() => crowds.map((): number[] => []));
  const numbers = new Float64Array(members.length);
  const bits = new Uint16Array(words);

  return (picture) => {
    for (let member = 0; member < members.length; member++) numbers[member] = numberOf(member, picture);
    return orderByNumber(rounds, numbers, (exchange) => exchangeIn(picture, exchange));
  };

  function numberOf(member: number, picture: Picture): number {
    const { own, naming, places: weightAt } = kept[member]!;
    let sum = 0;
    for (let at = 0; at < own.length; at++) {
      const { id, weight } = own[at]!;
      sum = (sum + Math.imul(picture[keptAt[id]!]!, weight)) | 0;
    }
    for (let at = 0; at < naming.length; at++) {
      const { id, value, weight } = naming[at]!;
      if (picture[keptAt[id]!] === value) sum = (sum + weight) | 0;
    }
    for (let slot = firstSlot; slot < picture.length; slot++) sum = (sum + weightAt[picture[slot]!]!) | 0;
    for (let crowd = 0; crowd < crowds.length; crowd++) {
      const { word } = crowds[crowd]!;
      const known = weights[member]![crowd]!;
      for (let at = 0; at < words; at++)
        for (let left = picture[word + at]!, of = at * 16; left !== 0; left >>= 1, of++)
          if (left & 1) sum = (sum + (known[of] ??= weightOfClass(member, crowd, of))) | 0;
    }
    return sum >>> 0;
  }

  /** What a device in that class says of the member, and nothing if that is nothing. */
  function weightOfClass(member: number, crowd: number, of: number): number {
    const { classes, cells } = crowds[crowd]!;
    const own = new Set(cells);
    classes.write(of, cells, row);
    let sum = 0;
    for (const { id, weight } of members[member]!.own) if (own.has(id)) sum = (sum + Math.imul(row[id]!, weight)) | 0;
    for (const { id, value, weight } of members[member]!.naming)
      if (own.has(id) && row[id] === value) sum = (sum + weight) | 0;
    // Which users it tells of is not looked at, but for this one.
    let beside = 1;
    cells.forEach(
      (id, at) => (beside = (beside + (likeUsers.cells[id] === 1 ? 0 : Math.imul(row[id]!, weightOf(at)))) | 0),
    );
    return Math.imul(sum, beside | 1);
  }

  function exchangeIn(picture: Picture, exchange: number): void {
    for (const [one, other] of pairs[exchange]!) {
      const value = picture[keptAt[one]!]!;
      picture[keptAt[one]!] = picture[keptAt[other]!]!;
      picture[keptAt[other]!] = value;
    }
    for (const { id, values } of namings[exchange]!) {
      const at = keptAt[id]!;
      if (picture[at] === values[0]) picture[at] = values[1];
      else if (picture[at] === values[1]) picture[at] = values[0];
    }
    const { places: becomes } = exchanges[exchange]!;
    for (let slot = firstSlot; slot < picture.length; slot++) picture[slot] = becomes[picture[slot]!]!;
    for (let crowd = 0; crowd < crowds.length; crowd++) {
      const { word } = crowds[crowd]!;
      const known = exchanged[exchange]![crowd]!;
      bits.fill(0);
      for (let at = 0; at < words; at++)
        for (let left = picture[word + at]!, of = at * 16; left !== 0; left >>= 1, of++)
          if (left & 1) {
            const to = (known[of] ??= classAfter(exchange, crowd, of));
            bits[to >> 4]! |= 1 << (to & 15);
          }
      picture.set(bits, word);
    }
  }

  function classAfter(exchange: number, crowd: number, of: number): number {
    const { classes, cells } = crowds[crowd]!;
    classes.write(of, cells, row);
    exchangeCells(exchanges[exchange]!, row);
    return classes.numberOf(cells, row);
  }
}

/** The counters, and what is counted for one user is counted in the same way for those who are like him. */
export function countersAlike(
  counters: readonly Counter[],
  exchanges: readonly UserExchange[],
  cells: readonly Cell[],
): readonly Counter[] {
  const all = [...counters];
  for (const { own, moved } of exchanges)
    for (const [one, other] of own) {
      const [from, to] = [one, other].map((id) => all.findIndex(({ cell }) => cell.id === id));
      if (from! < 0 || to! < 0) continue;
      const { counts, low, high } = all[from!]!;
      all[to!] = { ...all[to!]!, counts: counts.map(({ id }) => cells[moved[id]!]!), low, high };
    }
  return all;
}

/** Whether it is the same for each, too, what is counted of all. */
export const countAlike = (counters: readonly Counter[], exchanges: readonly UserExchange[]): boolean =>
  exchanges.every(({ moved }) =>
    counters.every(({ cell, counts, low, high }) => {
      const twin = counters.find((one) => one.cell.id === moved[cell.id]);
      const told = (ids: readonly number[]): string => ids.toSorted((a, b) => a - b).join();
      return (
        twin?.low === low &&
        twin.high === high &&
        told(counts.map(({ id }) => moved[id]!)) === told(twin.counts.map(({ id }) => id))
      );
    }),
  );
