import { hashing, upper } from './hash.ts';
import * as wasm from './wasm.ts';
import { get, i32, type Code } from './wasm.ts';

/*
 * What was found for states, by the bits of them that were looked at and a number beside: each has one of a few places, and
 * what comes to the same place later takes it.
 */

/** Where such places are, and 2 to the power of how many; each begins with its key and has so many bytes. */
interface Places {
  readonly address: number;
  readonly power: number;
  readonly size: number;
}

interface Locals {
  /** The state, and where the bits stand that are looked at. */
  readonly state: number;
  readonly looked: number;
  readonly pair: readonly number[];
  readonly number: number;
  readonly hash: number;
  readonly place: number;
}

/** Finds the place, of which `isThere` says whether it has the key; `take` writes the key there. `number` is 32 bits wide. */
export function keptAt({ address, power, size }: Places, number: Code, locals: Locals) {
  const { state, looked, pair, hash, place } = locals;
  const key = [...pair, locals.number];
  const differences = key.map((local, one) => wasm.xor64(get(local), wasm.load64(get(place), 8 * one)));
  const find: Code = [
    pair.map((local, one) =>
      wasm.set(local, wasm.and64(wasm.load64(get(state), 8 * one), wasm.load64(get(looked), 8 * one))),
    ),
    wasm.set(locals.number, wasm.extended(number)),
    hashing(key, hash),
    wasm.set(place, wasm.plus(wasm.times(wasm.shiftRight(upper(hash), i32(32 - power)), i32(size)), i32(address))),
  ];
  const isThere = wasm.isZero64(differences.reduce((all, one) => wasm.or64(all, one)));
  const take: Code = key.map((local, one) => wasm.store64(get(place), 8 * one, get(local)));
  return { find, isThere, take };
}
