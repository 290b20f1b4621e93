import { layOut } from './lay-out.ts';
import type { Row } from '../tables/table.ts';

/** Rows in order of insertion, each once, bit-packed: an open-addressing table over one growing array. Owns its memory. */
export interface StateSet {
  readonly size: number;
  readonly bytes: number;
  /** The row's number if it is new, -1 if it was there. */
  add(row: Row): number;
  /** The same for a row that differs from row `number` in its slots and, at most, in the cells of `writes`. */
  addAfter(number: number, row: Row, writes: readonly number[]): number;
  /** Row `number`, written into `row`. */
  read(number: number, row: Row): Row;
  /** All rows, as words of 32 bits in the places of {@link layOut}. */
  packed(): Int32Array;
}

/** A set that also says which number a row has; a row that is not there is added. */
export interface Numbering extends StateSet {
  numberOf(row: Row): number;
}

/** As {@link layOut} lays out rows. */
export function stateSet(
  bits: readonly number[],
  slotCount: number,
  blocks?: readonly (readonly number[])[],
): Numbering {
  const { words, wordOf, shiftOf, masks } = layOut(bits, slotCount, blocks);
  const used = Int32Array.from(bits.flatMap((need, field) => (need > 0 ? [field] : [])));
  const firstSlot = bits.length - slotCount;
  const packed = new Int32Array(words);
  let rows = new Int32Array(words * 4096);
  let slots = new Int32Array(8192);
  let size = 0;

  return {
    get size() {
      return size;
    },
    get bytes() {
      return rows.byteLength + slots.byteLength;
    },
    add(row) {
      packWhole(row);
      return ifNew();
    },
    numberOf(row) {
      packWhole(row);
      return locate();
    },
    addAfter(number, row, writes) {
      for (let word = 0, from = number * words; word < words; word++) packed[word] = rows[from + word]!;
      for (let at = 0; at < writes.length; at += 2) pack(writes[at]!, writes[at + 1]!);
      for (let slot = firstSlot; slot < bits.length; slot++) pack(slot, row[slot]!);
      return ifNew();
    },
    read(number, row) {
      const from = number * words;
      for (let at = 0; at < used.length; at++) {
        const field = used[at]!;
        row[field] = (rows[from + wordOf[field]!]! >>> shiftOf[field]!) & masks[field]!;
      }
      return row;
    },
    packed: () => rows.subarray(0, size * words),
  };

  function packWhole(row: Row): void {
    packed.fill(0);
    // Not by an iterator, which until it is optimized takes as long as all the rest.
    for (let at = 0; at < used.length; at++) {
      const field = used[at]!;
      packed[wordOf[field]!]! |= row[field]! << shiftOf[field]!;
    }
  }

  function ifNew(): number {
    const before = size;
    return locate() === before ? before : -1;
  }

  /** The number of the packed row, which is the size before where it was not there. */
  function locate(): number {
    const mask = slots.length - 1;
    let slot = hash(packed, 0, words) & mask;
    for (let found = slots[slot]!; found !== 0; found = slots[slot]!) {
      if (isPacked(found - 1)) return found - 1;
      slot = (slot + 1) & mask;
    }
    if ((size + 1) * words > rows.length) rows = copied(rows, rows.length * 2);
    for (let word = 0, to = size * words; word < words; word++, to++) rows[to] = packed[word]!;
    slots[slot] = ++size;
    if (size * 2 > slots.length) rehash();
    return size - 1;
  }

  function pack(field: number, value: number): void {
    const word = wordOf[field]!;
    const shift = shiftOf[field]!;
    packed[word] = (packed[word]! & ~(masks[field]! << shift)) | (value << shift);
  }

  function isPacked(number: number): boolean {
    for (let word = 0, at = number * words; word < words; word++, at++) if (rows[at] !== packed[word]) return false;
    return true;
  }

  function rehash(): void {
    slots = new Int32Array(slots.length * 4);
    const mask = slots.length - 1;
    for (let number = 0; number < size; number++) {
      let slot = hash(rows, number * words, words) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
  }
}

function copied(from: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(from);
  return larger;
}

/** Of so many words from one on. */
export function hash(words: Int32Array, from: number, count: number): number {
  let value = 0x811c9dc5;
  for (let at = from; at < from + count; at++) {
    value = Math.imul(value ^ words[at]!, 0x9e3779b1);
    value ^= value >>> 15;
  }
  value = Math.imul(value, 0x85ebca6b);
  return value ^ (value >>> 16);
}
