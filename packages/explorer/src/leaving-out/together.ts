import type { Compiled } from '../tables/compile.ts';
import { takenAtOnce } from './at-once.ts';
import { gluedOnce, gluedWhere } from './glued.ts';
import { notingIn, type AllInBetween, type WatchedPlace } from './in-between.ts';
import { lockingOf, type Locking } from './locking.ts';
import { movers, type Unmoved } from './movers.ts';
import { movedIn, type MovedSteps } from './who-minds.ts';

/**
 * The same system with its steps taken together as far as is known to come to the same ({@link glued}); `visible` is what principles read. With
 * `unmoved`, more is taken together, but for those: steps of which somebody may mind what is between them, until it shows that he
 * does ({@link MovedSteps}).
 */
export function togetherIn<T extends Compiled>(
  compiled: T,
  visible: ReadonlySet<number>,
): (unmoved?: Unmoved) => T & { readonly moved?: MovedSteps } {
  const locking = lockingOf(compiled);
  const atOnce = takenAtOnce(compiled, locking, visible);
  return (unmoved) => {
    if (!unmoved) return gluedOnce(compiled, atOnce);
    const watched = watchedIn(compiled, locking, visible, atOnce);
    const all: AllInBetween = new Map();
    const together = gluedWhere(compiled, movers(compiled, locking, atOnce, unmoved), {
      cells: ({ to }) => watched(to)?.cells ?? [],
      noting: (turn) => notingIn(all, watched, turn),
    });
    return { ...together, moved: movedIn(together, locking, unmoved, all) };
  };
}

/** What is kept of a place: what nobody else changes while its locks are held, and somebody sees who does not hold them. */
function watchedIn(
  { cells }: Compiled,
  { holds, readers, writers, haveOneOf }: Locking,
  visible: ReadonlySet<number>,
  atOnce: Uint8Array,
): (node: number) => WatchedPlace | undefined {
  const watched = new Map<number, WatchedPlace>();
  return (node) => {
    if (atOnce[node] === 1) return undefined;
    const held = holds.get(node)!;
    const isSeen = (id: number): boolean => visible.has(id) || !haveOneOf(held, readers.get(id));
    const isKept = (id: number): boolean => writers.has(id) && haveOneOf(held, writers.get(id)) && isSeen(id);
    const one = watched.get(node) ?? { node, held, cells: cells.filter(({ id }) => held.has(id) || isKept(id)) };
    watched.set(node, one);
    return one;
  };
}
