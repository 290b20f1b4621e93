import type { At, Compiled, Next } from '../tables/compile.ts';
import type { Situation } from '../tables/table.ts';
import type { Joins, Side } from './glued.ts';
import type { Locking } from './locking.ts';

/** Places whose steps are not moved to a side. */
export type Unmoved = Readonly<Record<Side, ReadonlySet<number>>>;

export const noneUnmoved: Unmoved = { late: new Set(), early: new Set() };

/**
 * Takes steps together as far as locks can tell: nobody else changes what the one that is moved looks at or writes. Whether somebody
 * minds what he sees meanwhile is another question ({@link Moved}). `atOnce` are the places of which it is known that nobody does.
 */
export function movers({ nodes }: Compiled, locking: Locking, atOnce: Uint8Array, unmoved: Unmoved): Joins {
  const { deeds, holds, isKept } = locking;
  const placeOf = new Map(nodes.map((node, at) => [node, at]));
  return { isLate, isEarly };

  function isLate(before: At, next: Next, here?: Situation<number>): boolean {
    if (unmoved.late.has(next.to)) return false;
    const node = placeOf.get(before)!;
    const { known, ways } = deeds.get(node)!;
    if (!here && !known) return true;
    const some = here ? [here] : ways[before.next.indexOf(next)]!;
    return some.some((one) => one.entry.events.length === 0 && isKept(node, holds.get(next.to)!, one));
  }

  function isEarly({ to }: Next): boolean {
    if (atOnce[to] === 1) return true;
    const { loud, waits } = deeds.get(to)!;
    return !unmoved.early.has(to) && !loud && !waits && isKept(to, holds.get(to)!);
  }
}
