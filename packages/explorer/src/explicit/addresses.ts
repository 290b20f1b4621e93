import type { Packing } from '../search/lay-out.ts';
import { rowBytes, ROWS } from './record.ts';
import * as wasm from './wasm.ts';
import { and, i32, shiftRight, type Code } from './wasm.ts';

/* Where things are in linear memory (record.ts), as code. */

export const header = (at: number): Code => wasm.load(i32(0), at);

/** The address of a state by its number; of the room behind the last, by how many there are. */
export const rowAt = (packing: Packing, number: Code): Code =>
  wasm.plus(wasm.times(number, i32(rowBytes(packing))), i32(ROWS));

/** The value of a field of the state at an address. */
export const fieldAt = ({ wordOf, shiftOf, masks }: Packing, field: number, state: Code): Code =>
  and(shiftRight(wasm.load(state, 4 * wordOf[field]!), i32(shiftOf[field]!)), i32(masks[field]!));
