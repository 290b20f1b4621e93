import type { At, Compiled, Next, Start } from '../tables/compile.ts';
import { deedsOf, isLook } from './deeds.ts';
import { gluedWhere, withSteps } from './glued.ts';
import { everySituation } from '../tables/situations.ts';
import { allRead, derived, type Asked, type Situation } from '../tables/table.ts';

/**
 * The same system, in which an operation that begins with a look takes the step after it together with it, if nothing comes of
 * having seen what is no longer so: where it would have seen something else by then, that step waits, or does nothing and
 * leads to where it would have come then, or to the end. So it may as well look late, or not at all. What is left out is
 * operations that do nothing but be in flight: who judges what happens has to be asked as if something were (`bothWays` in
 * judges.ts).
 */
export function lateLooks<T extends Compiled>(compiled: T): T {
  const { nodes, cells, symmetric } = compiled;
  const [idle] = nodes;
  if (!symmetric || idle?.kind !== 'idle') return compiled;
  const late = new Map(idle.starts.map((start) => [start.first, lateAfter(start)]));
  // Who comes there otherwise may as well have ended, and start there again.
  const places = new Set([...late.values()].flatMap((some) => [...some].map(({ to }) => to)));
  if (places.size === 0) return compiled;
  const ends = ({ to }: Next): boolean => places.has(to);
  const shorter = withSteps(compiled, (node) =>
    late.get(node)?.size || !node.next.some(ends)
      ? node
      : { ...node, next: node.next.map((next) => (ends(next) ? { ...next, to: 0 } : next)) },
  );
  return gluedWhere(shorter, { isEarly: (next, before) => late.get(before)?.has(next) === true });

  /** Where a look may lead late: those that come to nothing worse than one another are found from all that might. */
  function lateAfter(start: Start): ReadonlySet<Next> {
    const { first } = start;
    const after = new Map<Next, readonly Situation<Then>[]>();
    if (looksAtLittle(first))
      for (const next of first.next) {
        const all = situationsAfter(start, next);
        if (all) after.set(next, all);
      }
    const isHarmless = (next: Next, { entry }: Situation<Then>): boolean => {
      if (entry.failure) return false;
      const [seen, result] = entry.result;
      const now = first.next[seen];
      if (now === next || result < 0) return true;
      const on = (nodes[next.to] as At).next[result];
      if (!on || on.error || entry.writes.length > 0 || entry.events.length > 0) return false;
      return on.to === 0 || on.to === now?.to || [...after.keys()].some(({ to }) => to === on.to);
    };
    for (let size = -1; size !== after.size;) {
      size = after.size;
      for (const [next, all] of after) if (!all.every((one) => isHarmless(next, one))) after.delete(next);
    }
    return new Set(after.keys());
  }

  function looksAtLittle(node: At): boolean {
    return node.touches.length <= LITTLE && isLook(deedsOf(compiled, node));
  }

  /** Nothing, if that is too much to ask. */
  function situationsAfter({ first, possible }: Start, { to, error }: Next): readonly Situation<Then>[] | undefined {
    const node = nodes[to]!;
    if (error || node.kind !== 'at') return undefined;
    const touches = [...new Set([...possible.touches, ...first.touches, ...node.touches])];
    const both = derived('what is seen by then', cells, touches, (row): Asked<Then> => {
      const begins = possible.asked(row);
      const looks = begins.entry.result ? [first.table.asked(row)] : [];
      const then = node.table.asked(row);
      const seen = looks[0]?.entry;
      return {
        reads: allRead([begins, ...looks, then]),
        entry: { ...(seen?.failure ? seen : then.entry), result: [seen?.result ?? -1, then.entry.result] },
      };
    });
    return everySituation(compiled, both);
  }
}

/** What would be seen by then, or -1 where the operation could not begin, and what comes of the step after. */
type Then = readonly [seen: number, result: number];

/** Of a look at more cells it is not asked. */
const LITTLE = 2;
