import type { Compiled } from '../tables/compile.ts';
import type { Joins, Side } from './glued.ts';
import type { Locking } from './locking.ts';

/** Places whose steps are not moved to a side. */
export type Unmoved = Readonly<Record<Side, ReadonlySet<number>>>;

export const noneUnmoved: Unmoved = { late: new Set(), early: new Set() };

/**
 * Takes steps together as far as locks can tell: nobody else changes what the one that is moved looks at or writes. Whether somebody
 * minds what he sees meanwhile is another question ({@link Moved}). `atOnce` are the places of which it is known that nobody does.
 */
export function movers(
  { nodes }: Compiled,
  { deeds, holds, isKept }: Locking,
  atOnce: Uint8Array,
  unmoved: Unmoved,
): Joins {
  const placeOf = new Map(nodes.map((node, at) => [node, at]));
  return (before, { to }, side) => {
    if (side === 'late' && !unmoved.late.has(to) && mayBeLate(placeOf.get(before)!, to)) return 'late';
    return atOnce[to] === 1 || (!unmoved.early.has(to) && mayBeEarly(to)) ? 'early' : undefined;
  };

  function mayBeLate(node: number, to: number): boolean {
    return !deeds.get(node)!.loud && isKept(node, holds.get(to)!);
  }

  function mayBeEarly(node: number): boolean {
    const { loud, waits } = deeds.get(node)!;
    return !loud && !waits && isKept(node, holds.get(node)!);
  }
}
