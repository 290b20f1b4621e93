import type { Compiled } from '../compile.ts';
import type { Packing } from '../lay-out.ts';
import { and, get, i32, shiftRight, type Code, type Signature, type Type } from './wasm.ts';

/** How generated code holds a state: word i of the packed row in local i. */
export interface StateWords {
  readonly packing: Packing;
  readonly all: readonly Code[];
  readonly types: readonly Type[];
  /** The field of each slot, and the words they are in. */
  readonly slots: readonly number[];
  readonly slotWords: readonly number[];
  valueOf(field: number): Code;
  /** A function that answers a question about a state. */
  readonly answer: Signature;
  /** What a slot at a place of the programs can do: the state, where the slot is shifted to, where to put successors. */
  readonly place: Signature;
}

export function stateWords({ cells, slots: count }: Compiled, packing: Packing): StateWords {
  const { words, wordOf, shiftOf, masks } = packing;
  const all = Array.from({ length: words }, (_, word) => get(word));
  const types = all.map(() => 'i32' as const);
  const slots = Array.from({ length: count }, (_, slot) => cells.length + slot);
  return {
    packing,
    all,
    types,
    slots,
    slotWords: [...new Set(slots.map((field) => wordOf[field]!))],
    valueOf: (field) => and(shiftRight(get(wordOf[field]!), i32(shiftOf[field]!)), i32(masks[field]!)),
    answer: { params: types, result: 'i32' },
    place: { params: [...types, 'i32', 'i32'], result: 'i32' },
  };
}
