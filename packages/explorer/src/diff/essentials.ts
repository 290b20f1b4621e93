import type { Operation } from '@busward/core';
import type { Determined } from './determined.ts';
import type { Labels } from './labels.ts';
import { pairMoves, type ApartHere, type PairMove } from './pair-moves.ts';
import { type Watched, afterStates, finished } from '../search/watched.ts';
import { contains, isByCalls, tellingApart, withCall, type ToldApart } from './telling-apart.ts';

interface Entry {
  readonly sets: readonly [number, number];
  /** Calls on the way here, by number, sorted. */
  readonly calls: readonly number[];
  readonly from?: Entry;
  readonly by?: PairMove;
}

const BETWEEN = 500;

/**
 * Every scenario that tells the sides apart and from which no operation can be left out. Goes through the product by the
 * operations called, fewest first; a pair is not visited again with more operations than before, and nothing is looked for
 * beyond a scenario that has been found. `isKnown` says that operations contain a scenario that was found, names aside.
 */
export function* tellingAllApart(
  a: Determined,
  b: Determined,
  labels: Labels,
  {
    most,
    maxStates,
    isKnown,
  }: {
    readonly most: number;
    readonly maxStates: number;
    isKnown(operations: readonly Operation[]): boolean;
  },
  found: (told: ToldApart, operations: readonly Operation[]) => void,
): Watched<{ readonly endless: boolean; readonly stoppedBy?: string }> {
  // By pair, the smallest sets of calls with which it was visited.
  const visited = new Map<string, (readonly number[])[]>();
  const known = new Map<string, boolean>();
  let layer: Entry[] = [{ sets: [a.first, b.first], calls: [] }];
  let looked = 0;
  let beyond = false;
  for (let operations = 0; layer.length > 0; operations++) {
    const next: Entry[] = [];
    const late: (() => void)[] = [];
    for (const entry of layer) {
      if (isFound(entry.calls) || isVisited(entry)) continue;
      look(entry, next, late);
      const states = a.size() + b.size() + looked;
      let stoppedBy: string | undefined;
      if (++looked % BETWEEN === 0) stoppedBy = yield { states, transitions: looked, depth: operations, bytes: 0 };
      if (states > maxStates) stoppedBy ??= afterStates(maxStates);
      if (stoppedBy !== undefined) return { endless: false, stoppedBy };
    }
    known.clear();
    late.forEach((told) => told());
    if (operations === most && next.length > 0) {
      beyond = true;
      break;
    }
    layer = next;
  }
  return { endless: !beyond };

  /** `layer` grows by what costs nothing, `next` by calls. */
  function look(entry: Entry, next: Entry[], late: (() => void)[]): void {
    const { moves, apart } = pairMoves(a, b, labels, ...entry.sets);
    if (apart) {
      if (!isByCalls(apart, labels)) tell(apart, entry, entry.calls);
      else if (entry.calls.length < most)
        for (const [side, labelsOfSide] of apart.only.entries())
          for (const label of labelsOfSide) {
            const only = side === 0 ? ([[label], []] as const) : ([[], [label]] as const);
            late.push(() => tell({ ...apart, only }, entry, withCall(entry.calls, label)));
          }
    }
    for (const move of moves)
      if (labels.at(move.label).kind === 'call')
        next.push({ sets: move.to, calls: withCall(entry.calls, move.label), from: entry, by: move });
      else layer.push({ sets: move.to, calls: entry.calls, from: entry, by: move });
  }

  function tell(apart: ApartHere, entry: Entry, calls: readonly number[]): void {
    if (isFound(calls)) return;
    const before: PairMove[] = [];
    for (let at: Entry | undefined = entry; at?.by; at = at.from) before.unshift(at.by);
    known.clear();
    // Of all ways to make these calls, the one with the fewest in flight is told.
    const only = { calls, most: calls.length, maxStates };
    const told = finished(tellingApart(a, b, labels, only)).found;
    found(told ?? { ...apart, before, operations: calls.length }, operationsOf(calls));
  }

  function isFound(calls: readonly number[]): boolean {
    const key = calls.join();
    let answer = known.get(key);
    if (answer === undefined) known.set(key, (answer = isKnown(operationsOf(calls))));
    return answer;
  }

  function isVisited({ sets, calls }: Entry): boolean {
    const key = sets.join(' ');
    const before = visited.get(key) ?? [];
    if (before.some((one) => contains(calls, one))) return true;
    visited.set(key, [...before, calls]);
    return false;
  }

  function operationsOf(calls: readonly number[]): readonly Operation[] {
    return calls.map((label) => labels.at(label).operation!);
  }
}
