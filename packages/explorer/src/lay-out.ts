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
 * First fit into 32-bit words, the last `slots` places first, so that slots share a word where they can. `bits[i]` says
 * how many bits place `i` needs.
 */
export function layOut(bits: readonly number[], slots: number): Packing {
  const taken: number[] = [0];
  const wordOf = new Uint8Array(bits.length);
  const shiftOf = new Uint8Array(bits.length);
  const cells = bits.length - slots;
  for (let at = 0; at < bits.length; at++) {
    const field = (cells + at) % bits.length;
    let word = taken.findIndex((one) => one + bits[field]! <= 32);
    if (word < 0) word = taken.push(0) - 1;
    wordOf[field] = word;
    shiftOf[field] = taken[word]! % 32;
    taken[word]! += bits[field]!;
  }
  return { words: taken.length, wordOf, shiftOf, masks: Int32Array.from(bits, (need) => 2 ** need - 1) };
}
