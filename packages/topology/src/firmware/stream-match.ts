/* How an SMMU (v1, v2) tells streams apart: by registers that hold an id and a mask of the bits to ignore. */

export interface StreamMatch {
  readonly id: number;
  readonly mask: number;
}

/** `a` matches all that `b` does: `b` uses `a`'s register, and with it `a`'s group (`arm_smmu_find_sme()`). */
export const covers = (a: StreamMatch, b: StreamMatch): boolean =>
  (b.mask & a.mask) === b.mask && ((b.id ^ a.id) & ~a.mask & 0xffff) === 0;

/** Some id is matched by both: unless one covers the other and is there first, the later one is refused. */
export const overlap = (a: StreamMatch, b: StreamMatch): boolean => ((a.id ^ b.id) & ~(a.mask | b.mask) & 0xffff) === 0;

/** Whether some id from `from` on, `length` of them, is matched. */
export function matchesSome({ id, mask }: StreamMatch, from: number, length: number): boolean {
  const least = leastMatchFrom(from & 0xffff, id & ~mask & 0xffff, mask);
  return least >= 0 && least - (from & 0xffff) < length;
}

/** The least id that is not less than `from` and has the bits `fixed` where `mask` has none; -1: there is none. */
function leastMatchFrom(from: number, fixed: number, mask: number): number {
  let greater = -1;
  for (let bit = 0x8000; bit > 0; bit >>= 1) {
    const above = from & ~(2 * bit - 1);
    if ((from & bit) === 0 && ((mask | fixed) & bit) !== 0) greater = above | bit | (fixed & (bit - 1));
    if ((mask & bit) === 0 && (from & bit) !== (fixed & bit)) return greater;
  }
  return from;
}

/** More than one SMMU can hold (IDR0.NUMSMRG). */
export const mostRegisters = 255;

export const textOf = ({ id, mask }: StreamMatch): string =>
  `0x${id.toString(16)}${mask === 0 ? '' : `/0x${mask.toString(16)}`}`;
