import type { Row } from '../tables/table.ts';

/** The local states that devices of a crowd were seen in, numbered in order of appearance. */
export interface Classes {
  /** Throws {@link TooFew} when there are more than a picture has room for. */
  numberOf(ids: readonly number[], row: Row): number;
  write(known: number, ids: readonly number[], row: Row): void;
}

/** Classes of one crowd in a picture: bits in so many numbers. */
export const CLASS_BITS = 16;
export const CLASS_WORDS = 4;

/** The sketch has too few devices to draw a picture with that many classes. */
export class TooFew extends Error {}

export function classes(most: number): Classes {
  const known: (readonly number[])[] = [];
  const root: Trie = new Map();
  return {
    numberOf(ids, row) {
      let at = root;
      for (let next = 0; next < ids.length - 1; next++) {
        const value = row[ids[next]!]!;
        let child = at.get(value) as Trie | undefined;
        if (!child) at.set(value, (child = new Map()));
        at = child;
      }
      const last = row[ids.at(-1)!]!;
      const old = at.get(last) as number | undefined;
      if (old !== undefined) return old;
      if (known.length === most) throw new TooFew();
      at.set(last, known.length);
      known.push(ids.map((id) => row[id]!));
      return known.length - 1;
    },
    write(number, ids, row) {
      const values = known[number]!;
      for (let at = 0; at < ids.length; at++) row[ids[at]!] = values[at]!;
    },
  };
}

type Trie = Map<number, unknown>;
