import type { Packing } from '../search/lay-out.ts';
import { GROUP } from './look-up.ts';
import { AT, MOST_AT_ONCE, RING, rowBytes, ROWS } from './record.ts';
import { PAGE } from './wasm.ts';

/*
 * A state takes its words and a place in the table of 4 bytes; until it is expanded, a place in the ring, too. The table
 * doubles in place, so that at worst, after it has grown, a state takes twice 4 bytes over how full it may be: with the
 * rest within 1.5 times the words and 8 bytes.
 */
export const fullFor = (words: number): number => [0.9, 0.9, 0.85, 0.75][words] ?? 0.65;
/** Groups at the start, as a power of two. */
export const FIRST = 9;

/** Where the table begins, so that as many states as can be have room before it, and how many that are. */
export function room(packing: Packing, bytes: number) {
  const most = (power: number): number =>
    Math.min(
      2 ** power * GROUP * fullFor(packing.words),
      (bytes - PAGE - 4 * GROUP * 2 ** power - ROWS) / (rowBytes(packing) + 4),
    );
  let mostPower = FIRST;
  while (most(mostPower + 1) > most(mostPower)) mostPower++;
  return { table: bytes - PAGE - 4 * GROUP * 2 ** mostPower, mostPower, most: most(mostPower) };
}

/** Whether so many states, and those that are looked up at once beyond them, have room there. */
export const hasRoomFor = (states: number, packing: Packing, bytes: number): boolean =>
  states + 2 * MOST_AT_ONCE <= room(packing, bytes).most;

/** What a search has written: from where to where. What is put aside while the table doubles stands behind the states. */
export function writtenIn(
  view: Int32Array,
  packing: Packing,
  table: number,
  imageEnd: number,
): readonly (readonly [number, number])[] {
  const header = (at: number): number => view[at >> 2]!;
  return [
    [0, imageEnd],
    [RING, RING + 4 * (header(AT.ring) + 1)],
    [ROWS, ROWS + (rowBytes(packing) + 4) * (header(AT.size) + 1)],
    [table, table + 4 * GROUP * 2 ** header(AT.power)],
  ];
}
