/** Where each place of a row is kept in a packed state. */
export interface Packing {
  /** 32-bit words a state takes. */
  readonly words: number;
  readonly wordOf: Uint16Array;
  readonly shiftOf: Uint8Array;
  /** Shifted down. */
  readonly masks: Int32Array;
}

/** In linear memory words go by two. */
const pairsIn = (words: number): number => Math.ceil(words / 2);

/**
 * First fit into 32-bit words: the last `slots` places first, so that slots share a word where they can, then `blocks` of 32 bits at
 * most, each in one piece, then what needs most, so that hardly a bit is left. `bits[i]` says how many bits place `i` needs. Blocks
 * that take more room than their parts are taken apart.
 */
export function layOut(bits: readonly number[], slots: number, blocks: readonly (readonly number[])[] = []): Packing {
  const taken: number[] = [0];
  const wordOf = new Uint16Array(bits.length);
  const shiftOf = new Uint8Array(bits.length);
  const needOf = (some: readonly number[]): number => some.reduce((sum, field) => sum + bits[field]!, 0);
  const inBlocks = new Set(blocks.flat());
  const places = [...bits.keys()];
  const cells = places.splice(0, bits.length - slots).toSorted((a, b) => bits[b]! - bits[a]!);
  const apart = cells.filter((field) => !inBlocks.has(field));
  for (const some of [...places.map((field) => [field]), ...blocks, ...apart.map((field) => [field])]) {
    let word = taken.findIndex((one) => one + needOf(some) <= 32);
    if (word < 0) word = taken.push(0) - 1;
    for (const field of some) {
      wordOf[field] = word;
      shiftOf[field] = taken[word]! % 32;
      taken[word]! += bits[field]!;
    }
  }
  if (blocks.length > 0) {
    const plain = layOut(bits, slots);
    if (pairsIn(taken.length) > pairsIn(plain.words)) return plain;
  }
  return { words: taken.length, wordOf, shiftOf, masks: Int32Array.from(bits, (need) => 2 ** need - 1) };
}
