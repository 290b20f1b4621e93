import { thousands } from '@busward/core';
import type { Watched } from '../search/watched.ts';

/** A state of the one that goes ahead, and one of the other, which has to follow. */
export type Chase = readonly [ahead: number, behind: number];

export interface Followed {
  readonly follows: boolean;
  readonly pairs: number;
  readonly stoppedBy?: string;
}

interface Frame {
  readonly key: number;
  readonly steps: Iterator<Iterable<Chase>>;
  /** What is left of the ways to follow the step that is looked at. */
  ways?: Iterator<Chase> | undefined;
}

const BETWEEN = 5_000;
const MOST_STATES = 2 ** 26;

/**
 * Whether one system simulates another, looked at as far as it is needed. `steps` has, for every step of the first, where
 * both may be once the second has followed, what is likeliest to hold first. Every pair is taken to hold until it is refuted;
 * where something relied on one that was, all is looked at again. Who is simulated shows nothing that the other does not.
 */
export function* following(
  first: Chase,
  steps: (chase: Chase) => Iterable<Iterable<Chase>>,
  isSure: (chase: Chase) => boolean,
  maxPairs: number,
): Watched<Followed> {
  const refuted = new Set<number>();
  let pairs = 0;
  for (;;) {
    const held = new Set<number>();
    const relied = new Set<number>();
    const path: Frame[] = [];
    let again = false;
    enter(first, keyOf(first));
    for (let frame = path.at(-1); frame; frame = path.at(-1)) {
      if (!frame.ways) {
        const step = frame.steps.next();
        if (!step.done) frame.ways = step.value[Symbol.iterator]();
        else {
          path.pop();
          const before = path.at(-1);
          if (before) before.ways = undefined;
        }
        continue;
      }
      const way = frame.ways.next();
      if (way.done) {
        path.pop();
        held.delete(frame.key);
        refuted.add(frame.key);
        again ||= relied.has(frame.key);
        continue;
      }
      const key = keyOf(way.value);
      if (held.has(key)) relied.add(key);
      if (held.has(key) || isSure(way.value)) frame.ways = undefined;
      else if (!refuted.has(key)) {
        enter(way.value, key);
        const stop = pairs % BETWEEN === 0 ? yield { states: pairs, transitions: 0, depth: 0, bytes: 0 } : undefined;
        const full = pairs > maxPairs ? `after ${thousands(maxPairs)} pairs of states` : undefined;
        const stoppedBy = stop ?? full;
        if (stoppedBy !== undefined) return { follows: false, pairs, stoppedBy };
      }
    }
    if (refuted.has(keyOf(first))) return { follows: false, pairs };
    if (!again) return { follows: true, pairs };

    function enter(chase: Chase, key: number): void {
      pairs++;
      held.add(key);
      path.push({ key, steps: steps(chase)[Symbol.iterator]() });
    }
  }
}

const keyOf = ([ahead, behind]: Chase): number => ahead * MOST_STATES + behind;
