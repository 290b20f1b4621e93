import { hash } from '../search/state-set.ts';

/** Lists of numbers, each with a number of its own. */
export interface NumberedLists {
  /** How many there are. */
  readonly size: number;
  /** Of a list with the same elements in the same order, the number that it got first. */
  numberOf(list: Int32Array): number;
  /** Adds the elements of a list to others. */
  addTo(all: number[], number: number): void;
  at(number: number): Int32Array;
}

/** An open-addressing table over one growing array: nothing is made for a list that is known. */
export function numberedLists(): NumberedLists {
  let elements = new Int32Array(4096);
  // Where each list begins; the last one is where the next will.
  let begins = new Int32Array(1024);
  let table = new Int32Array(2048);
  let size = 0;
  return {
    get size() {
      return size;
    },
    numberOf,
    addTo(all, number) {
      for (let at = begins[number]!; at < begins[number + 1]!; at++) all.push(elements[at]!);
    },
    at: (number) => elements.subarray(begins[number], begins[number + 1]),
  };

  function numberOf(list: Int32Array): number {
    const mask = table.length - 1;
    let slot = hash(list, 0, list.length) & mask;
    for (let found = table[slot]!; found !== 0; found = table[slot]!) {
      if (isList(found - 1, list)) return found - 1;
      slot = (slot + 1) & mask;
    }
    const from = begins[size]!;
    while (from + list.length > elements.length) elements = twice(elements);
    elements.set(list, from);
    table[slot] = ++size;
    if (size + 1 > begins.length - 1) begins = twice(begins);
    begins[size] = from + list.length;
    if (size * 2 > table.length) rehash();
    return size - 1;
  }

  function isList(number: number, list: Int32Array): boolean {
    const from = begins[number]!;
    if (begins[number + 1]! - from !== list.length) return false;
    for (let at = 0; at < list.length; at++) if (elements[from + at] !== list[at]) return false;
    return true;
  }

  function rehash(): void {
    table = new Int32Array(table.length * 4);
    const mask = table.length - 1;
    for (let number = 0; number < size; number++) {
      const from = begins[number]!;
      let slot = hash(elements, from, begins[number + 1]! - from) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = number + 1;
    }
  }
}

function twice(all: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(all.length * 2);
  larger.set(all);
  return larger;
}
