import type { Cell } from '@busward/core';
import type { Row } from '../tables/table.ts';
import type { Counter } from './counters.ts';
import type { Picture } from './picture.ts';

/**
 * Counts in pictures: each a difference, if that is in the range seen; else whether it is none, one, or one at least. What
 * is told holds however many devices a class has: a step that counts up or down leaves a difference to any number of them,
 * and one that sets the count leaves the count.
 */
export interface Counts {
  /** How many numbers the picture needs for a cell. */
  codes(id: number): number | undefined;
  /** Writes the counts of `row` into a picture; `from` is the one that a step led from, whose counts were filled in last. */
  draw(row: Row, from: Picture | undefined, into: Picture): void;
  /** Visits the row with its counts, in every way the picture allows. Says whether there is one. */
  fillIn<T>(picture: Picture, row: Row, visit: (what: T) => void, what: T): boolean;
}

/** `placeOf` says where a picture has a cell. */
export function countsOf(counters: readonly Counter[], placeOf: (id: number) => number): Counts {
  const all = counters.map((counter) => {
    const most = counter.cell.values.length - 1;
    const none = counter.high - counter.low + 1;
    // What is one at least is tried with one, two and the most.
    return { ...counter, most, none, some: none + 2, tried: [...new Set([1, Math.min(2, most), most])] };
  });
  // What was filled in last, and what it counts.
  const before = new Int32Array(all.length);
  const countedBefore = new Int32Array(all.length);
  return {
    codes(id) {
      const counter = all.find(({ cell }) => cell.id === id);
      return counter && counter.some + 1;
    },
    draw(row, from, into) {
      for (let at = 0; at < all.length; at++) {
        const { cell } = all[at]!;
        into[placeOf(cell.id)] = told(at, row, from);
      }
    },
    fillIn: (picture, row, visit, what) => fillIn(picture, row, visit, what, 0),
  };

  function told(number: number, row: Row, from: Picture | undefined): number {
    const { cell, counts, low, high, none, some } = all[number]!;
    const now = row[cell.id]!;
    const counted = sum(counts, row);
    const difference = now - counted;
    const fits = difference >= low && difference <= high;
    const code = from?.[placeOf(cell.id)] ?? none;
    const isSet = !from || Math.abs(now - before[number]!) > 1;
    if (code < none && !isSet) {
      const isSwept = Math.abs(counted - countedBefore[number]!) > 1;
      if (fits && !isSwept) return difference - low;
      return now === 0 ? none : some;
    }
    if (now > 1 || (now === 1 && code === some && !isSet)) return some;
    // No device is counted, so that the difference is as sure as the count.
    return counted === 0 && fits ? difference - low : none + now;
  }

  function fillIn<T>(picture: Picture, row: Row, visit: (what: T) => void, what: T, from: number): boolean {
    const counter = all[from];
    if (!counter) {
      visit(what);
      return true;
    }
    const { cell, counts, low, none, some, tried } = counter;
    const code = picture[placeOf(cell.id)]!;
    const counted = sum(counts, row);
    countedBefore[from] = counted;
    if (code < none) return withCount(picture, row, visit, what, from, low + code + counted);
    if (code < some) return withCount(picture, row, visit, what, from, code - none);
    let fits = false;
    for (const value of tried) fits = withCount(picture, row, visit, what, from, value) || fits;
    return fits;
  }

  function withCount<T>(
    picture: Picture,
    row: Row,
    visit: (what: T) => void,
    what: T,
    from: number,
    value: number,
  ): boolean {
    const { cell, most } = all[from]!;
    if (value < 0 || value > most) return false;
    row[cell.id] = value;
    before[from] = value;
    return fillIn(picture, row, visit, what, from + 1);
  }
}

/** What the cells say together. */
export function sum(counted: readonly Cell[], row: Row): number {
  let total = 0;
  for (let at = 0; at < counted.length; at++) total += row[counted[at]!.id]!;
  return total;
}
