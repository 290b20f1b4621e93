import { walkerOf, type Turn } from '../tables/turns.ts';
import { INTERNAL } from './labels.ts';
import type { Observed } from './observed.ts';

/** A step out of a state: which one of {@link Observed.steps}. */
export interface Taken {
  readonly state: number;
  readonly step: number;
}

/**
 * A shortest way from the first state that shows these labels, in this order; `undefined` if there is none. What `isFree`
 * speaks of may be shown besides.
 */
export function wayAlong(
  observed: Observed,
  shown: readonly number[],
  isFree: (label: number) => boolean = () => false,
): readonly Taken[] | undefined {
  const from = new Map<number, { readonly before: number; readonly taken: Taken }>();
  const width = shown.length + 1;
  const queue = [0];
  const seen = new Set(queue);
  for (const key of queue) {
    const state = Math.floor(key / width);
    const done = key % width;
    if (done === shown.length) return back(key);
    const steps = observed.steps(state);
    for (let at = 0; at < steps.length; at += 2) {
      const label = steps[at]!;
      const counts = label !== INTERNAL && !isFree(label);
      if (counts && label !== shown[done]) continue;
      const next = steps[at + 1]! * width + done + (counts ? 1 : 0);
      if (seen.has(next)) continue;
      seen.add(next);
      from.set(next, { before: key, taken: { state, step: at / 2 } });
      queue.push(next);
    }
  }
  return undefined;

  function back(key: number): readonly Taken[] {
    const way: Taken[] = [];
    for (let at = from.get(key); at; at = from.get(at.before)) way.unshift(at.taken);
    return way;
  }
}

/** The same way told by who moves. */
export function turnsOf({ compiled }: Observed, way: readonly Taken[]): readonly Turn[] {
  const walker = walkerOf(compiled);
  return way.map(({ step }) => walker.go((move) => move.number === step)!);
}
