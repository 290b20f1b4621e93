/** Where each place of a row is kept in a packed state. */
export interface Packing {
  /** 32-bit words a state takes. */
  readonly words: number;
  readonly wordOf: Uint8Array;
  readonly shiftOf: Uint8Array;
  /** Shifted down. */
  readonly masks: Int32Array;
  /** Where there is a bit for each slot that no place uses. */
  readonly spare: { readonly word: number; readonly shift: number } | undefined;
}

/**
 * First fit into 32-bit words, the last `slots` places first, so that slots share a word where they can. `bits[i]` says
 * how many bits place `i` needs.
 */
export function layOut(bits: readonly number[], slots: number): Packing {
  const [tight, spacious] = [fitted(bits, slots, 0), fitted(bits, slots, slots)];
  if (spacious.words > tight.words) return { ...tight, spare: undefined };
  return spacious;
}

function fitted(bits: readonly number[], slots: number, spare: number): Packing & { readonly spare: object } {
  const taken: number[] = [0];
  const wordOf = new Uint8Array(bits.length);
  const shiftOf = new Uint8Array(bits.length);
  const put = (need: number): { readonly word: number; readonly shift: number } => {
    let word = taken.findIndex((one) => one + need <= 32);
    if (word < 0) word = taken.push(0) - 1;
    const shift = taken[word]! % 32;
    taken[word]! += need;
    return { word, shift };
  };
  const first = put(spare);
  const cells = bits.length - slots;
  for (let at = 0; at < bits.length; at++) {
    const field = (cells + at) % bits.length;
    const { word, shift } = put(bits[field]!);
    wordOf[field] = word;
    shiftOf[field] = shift;
  }
  return { words: taken.length, wordOf, shiftOf, masks: Int32Array.from(bits, (need) => 2 ** need - 1), spare: first };
}
