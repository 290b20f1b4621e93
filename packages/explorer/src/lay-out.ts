/** Where each place of a row is kept in a packed state. */
export interface Packing {
  /** 32-bit words a state takes. */
  readonly words: number;
  readonly wordOf: Uint8Array;
  readonly shiftOf: Uint8Array;
  /** Shifted down. */
  readonly masks: Int32Array;
}

/**
 * First fit into 32-bit words: the last `slots` places first, so that slots share a word where they can, then what needs
 * most, so that hardly a bit is left. `bits[i]` says how many bits place `i` needs.
 */
export function layOut(bits: readonly number[], slots: number): Packing {
  const taken: number[] = [0];
  const wordOf = new Uint8Array(bits.length);
  const shiftOf = new Uint8Array(bits.length);
  const places = [...bits.keys()];
  const cells = places.splice(0, bits.length - slots).toSorted((a, b) => bits[b]! - bits[a]!);
  for (const field of [...places, ...cells]) {
    let word = taken.findIndex((one) => one + bits[field]! <= 32);
    if (word < 0) word = taken.push(0) - 1;
    wordOf[field] = word;
    shiftOf[field] = taken[word]! % 32;
    taken[word]! += bits[field]!;
  }
  return { words: taken.length, wordOf, shiftOf, masks: Int32Array.from(bits, (need) => 2 ** need - 1) };
}
