import type { At, Compiled } from '../tables/compile.ts';
import { isSameTurn, walkerOf, type Turn } from '../tables/turns.ts';

/**
 * The same path with less going to and fro: a turn moves up to the last one of its operation wherever every operation
 * still does what it did and the last turn is the same. Shortest paths interleave at random; people read them.
 */
export function straighten(compiled: Compiled, path: readonly Turn[]): readonly Turn[] {
  const end = follow(compiled, path);
  if (!end) return path;
  let best = path;
  for (let at = 1; at < best.length - 1; at++) {
    const turn = best[at]!;
    const previous = best.findLastIndex((one, before) => before < at && one.lane === turn.lane);
    if (previous < 0 || previous === at - 1) continue;
    const without = best.filter((_, index) => index !== at);
    const moved = [...without.slice(0, previous + 1), turn, ...without.slice(previous + 1)];
    const now = follow(compiled, moved);
    if (now && now.last === end.last && sameDeeds(end, now)) best = moved;
  }
  return best;
}

interface End {
  /** Cells before the last turn and after it: what is broken by the turn hangs on both. */
  readonly last: string;
  /** What each lane did, in order. */
  readonly deeds: ReadonlyMap<number, readonly Deed[]>;
}

interface Deed {
  readonly at: At;
  readonly outcome: number;
}

function follow(compiled: Compiled, path: readonly Turn[]): End | undefined {
  const walker = walkerOf(compiled);
  const deeds = new Map<number, Deed[]>();
  const cells = (): string => walker.row.subarray(0, compiled.cells.length).join();
  let before = '';
  const goes = path.every((turn, number) => {
    if (number === path.length - 1) before = cells();
    return walker.go(({ at, outcome }, its) => {
      if (!isSameTurn(its, turn)) return false;
      deeds.set(its.lane, [...(deeds.get(its.lane) ?? []), { at, outcome }]);
      return true;
    });
  });
  return goes ? { last: `${before} ${cells()}`, deeds } : undefined;
}

function sameDeeds(a: End, b: End): boolean {
  return [...a.deeds].every(([lane, deeds]) => {
    const others = b.deeds.get(lane);
    return (
      others?.length === deeds.length &&
      deeds.every((deed, at) => deed.at === others[at]!.at && deed.outcome === others[at]!.outcome)
    );
  });
}
