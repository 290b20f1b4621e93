import type { Cell } from '@busward/core';
import type { Packing } from '../search/lay-out.ts';
import { IMAGE, RING, tested, testOf, TO_LEAF } from './record.ts';

/** What is known of cells in a situation: of each its value. */
export type Known = ReadonlyMap<number, number>;

/** Trees in linear memory, as {@link walk.ts} follows them, and room for what hangs on them. */
export interface Trees {
  /** Where they end now. */
  readonly end: number;
  /** There is no room for more. */
  full: boolean;
  put(address: number, value: number): void;
  /** 64 bits, at a multiple of 4. */
  putWide(address: number, bits: bigint): void;
  /** Room for so many bytes, all 0; its address is a multiple of 8. */
  room(bytes: number): number;
  /** Room for a list of so many entries, and for something behind it. */
  list(entries: number, bytes: number, behind?: number): number;
  /** What `make` makes room for and writes, once for each key. */
  shared(key: string, make: () => number): number;
  /** The leaf for the packed state at an address in the tree that begins at `root`; 0 if it is not known. */
  leafFor(root: number, state: number): number;
  /** Writes a situation into the tree that begins at `root`, with the leaf that `leaf` makes; false if it was there. */
  insert(root: number, situation: Reads, leaf: (known: Known) => number): boolean;
}

/** Bytes into which is written what there is no room for; nobody follows that. */
const SPILL = 2 ** 22;

interface Reads {
  readonly reads: readonly number[];
  readonly values: readonly number[];
}

export function treesIn(view: Int32Array, cells: readonly Cell[], packing: Packing): Trees {
  const made = new Map<string, number>();
  let end = IMAGE;
  const trees: Trees = {
    get end() {
      return end;
    },
    full: false,
    put(address, value) {
      view[address >> 2] = value;
    },
    putWide(address, bits) {
      trees.put(address, Number(BigInt.asIntN(32, bits)));
      trees.put(address + 4, Number(BigInt.asIntN(32, bits >> 32n)));
    },
    room(bytes) {
      const at = end;
      const after = (end + bytes + 7) & ~7;
      if (after <= RING - SPILL) {
        end = after;
        return at;
      }
      trees.full = true;
      return RING - SPILL;
    },
    list(entries, bytes, behind = 0) {
      const at = trees.room(4 + entries * bytes + behind);
      trees.put(at, at + 4 + entries * bytes);
      return at;
    },
    shared(key, make) {
      let at = made.get(key);
      if (at === undefined) made.set(key, (at = make()));
      return at;
    },
    leafFor(root, state) {
      let at = view[root >> 2]!;
      while (at !== 0 && (at & 1) === 0) at = view[(at + 4 + 4 * tested(view[at >> 2]!, view, state)) >> 2]!;
      return at === 0 ? 0 : at + TO_LEAF;
    },
    insert(root, { reads, values }, leaf) {
      const known = new Map<number, number>();
      let at = root;
      reads.forEach((cell, read) => {
        if (known.has(cell) || packing.masks[cell] === 0) return;
        known.set(cell, values[read]!);
        if (view[at >> 2] === 0) {
          const test = trees.room(4 + 4 * (packing.masks[cell]! + 1));
          trees.put(test, testOf(packing, cell));
          trees.put(at, test);
        }
        at = view[at >> 2]! + 4 + 4 * values[read]!;
      });
      if (view[at >> 2] !== 0) return false;
      trees.put(at, leaf(known) - TO_LEAF);
      return true;
    },
  };
  return trees;
}
