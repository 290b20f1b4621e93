import * as wasm from './wasm.ts';
import { get, i64, type Code } from './wasm.ts';

/** The hash of a state into local `hash`; its upper half is the better one. */
export const hashing = (pair: readonly number[], hash: number): Code => [
  pair.map((local, at) => [
    wasm.set(hash, wasm.times64(at === 0 ? get(local) : wasm.xor64(get(hash), get(local)), i64(0x9e3779b97f4a7c15n))),
    wasm.set(hash, wasm.xor64(get(hash), wasm.shiftRight64(get(hash), i64(32n)))),
  ]),
  wasm.set(hash, wasm.times64(get(hash), i64(0xd6e8feb86659fd93n))),
];

export const upper = (hash: number): Code => wasm.low(wasm.shiftRight64(get(hash), i64(32n)));
