import type { Cell } from '@busward/core';
import type { Row } from '../table.ts';
import type { Counter } from './counters.ts';
import type { Picture } from './picture.ts';

/** Counts in pictures: each a difference, if that is in the range seen; else whether it is zero. */
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
    // A count that is lost is tried with one, two and the most.
    return { ...counter, exact: exactly(counter), most, lost: [...new Set([1, Math.min(2, most), most])] };
  });
  // What was filled in last.
  const before = new Int32Array(all.length);
  return {
    codes(id) {
      const counter = all.find(({ cell }) => cell.id === id);
      return counter && counter.exact + 2;
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
    const { cell, counts, low, high, exact } = all[number]!;
    const now = row[cell.id]!;
    if (from && from[placeOf(cell.id)]! >= exact && Math.abs(now - before[number]!) <= 1)
      return now === 0 ? exact : exact + 1;
    const difference = now - sum(counts, row);
    if (difference >= low && difference <= high) return difference - low;
    return now === 0 ? exact : exact + 1;
  }

  function fillIn<T>(picture: Picture, row: Row, visit: (what: T) => void, what: T, from: number): boolean {
    const counter = all[from];
    if (!counter) {
      visit(what);
      return true;
    }
    const code = picture[placeOf(counter.cell.id)]!;
    if (code === counter.exact) return withCount(0);
    if (code < counter.exact) return withCount(counter.low + code + sum(counter.counts, row));
    let fits = false;
    for (const value of counter.lost) fits = withCount(value) || fits;
    return fits;

    function withCount(value: number): boolean {
      if (value < 0 || value > counter!.most) return false;
      row[counter!.cell.id] = value;
      before[from] = value;
      return fillIn(picture, row, visit, what, from + 1);
    }
  }
}

/** How many differences a counter tells exactly; the two numbers after them tell zero, and more. */
const exactly = ({ low, high }: Counter): number => high - low + 1;

function sum(counted: readonly Cell[], row: Row): number {
  let total = 0;
  for (let at = 0; at < counted.length; at++) total += row[counted[at]!.id]!;
  return total;
}
