import { describeOperation } from '@busward/core';
import type { Watched } from '../search/watched.ts';
import type { Refined } from './bisimulation.ts';
import type { Pair } from './difference.ts';
import { following, type Chase, type Followed } from './following.ts';
import { INTERNAL, isRefusal, type Labels } from './labels.ts';
import type { Observed } from './observed.ts';
import { quotientOf } from './quotient.ts';
import { operationsUnderWay, timesIn } from './under-way.ts';

/**
 * Whether the second side can follow the first in whatever it does, however many operations are in flight: it calls what is
 * under way there when it likes or never, and shows the same but for what is refused there, which it refuses too or has never
 * called. Then the first admits nothing more. That it cannot follow is no answer: it may have to know what will be refused.
 */
export function* surelyRestricts(
  sides: Pair<Observed>,
  labels: Labels,
  refined: Refined,
  maxPairs: number,
): Watched<Followed> {
  const { first, steps } = quotientOf(refined);
  const [ahead, behind] = underWayByBlock(sides, refined);
  const reached = new Map<string, readonly number[]>();
  // What is bisimilar does the same, refusals included.
  const isSure = ([mine, yours]: Chase): boolean => mine === yours;
  return yield* following(first, waysToFollow, isSure, maxPairs);

  function* waysToFollow([mine, yours]: Chase): Iterable<Iterable<Chase>> {
    const own = steps(mine);
    for (let at = 0; at < own.length; at += 2) yield ways(mine, own[at]!, own[at + 1]!, yours);
  }

  function* ways(from: number, label: number, to: number, yours: number): Iterable<Chase> {
    const allowed = ahead[to] ?? [];
    if (isUnanswered(label)) return yield* reachedFrom(yours, allowed).map((one) => [to, one] as const);
    const before = reachedFrom(yours, ahead[from] ?? []);
    const about = labels.at(label);
    if (isRefusal(about)) {
      const refused = describeOperation(about.operation!);
      for (const one of before) if (timesIn(behind[one] ?? [], refused) <= timesIn(allowed, refused)) yield [to, one];
    }
    const after = new Set<number>();
    for (const one of before) {
      const own = steps(one);
      for (let at = 0; at < own.length; at += 2)
        if (own[at] === label) for (const next of reachedFrom(own[at + 1]!, allowed)) after.add(next);
    }
    for (const one of after) yield [to, one];
  }

  /** After unseen steps and calls of what is under way on the other side and not yet here; the nearest first. */
  function reachedFrom(block: number, allowed: readonly string[]): readonly number[] {
    const key = `${block} ${allowed.join()}`;
    const known = reached.get(key);
    if (known) return known;
    const all = new Set([block]);
    for (const one of all) {
      const own = steps(one);
      for (let at = 0; at < own.length; at += 2) {
        const label = own[at]!;
        if (label === INTERNAL || (isUnanswered(label) && lacks(one, label, allowed))) all.add(own[at + 1]!);
      }
    }
    const list = [...all];
    reached.set(key, list);
    return list;
  }

  function lacks(block: number, call: number, allowed: readonly string[]): boolean {
    const called = describeOperation(labels.at(call).operation!);
    return timesIn(behind[block] ?? [], called) < timesIn(allowed, called);
  }

  function isUnanswered(label: number): boolean {
    return label === INTERNAL || labels.at(label).kind === 'call';
  }
}

/**
 * What is under way in a block. Its states differ only in operations that will never be answered: of the side that goes ahead
 * none of them counts, of the one that follows all do.
 */
function underWayByBlock(
  [ahead, behind]: Pair<Observed>,
  { rounds, split }: Refined,
): Pair<readonly (readonly string[])[]> {
  const blocks = rounds.at(-1)!;
  const always: (readonly string[])[] = [];
  const ever: (readonly string[])[] = [];
  blocks.forEach((block, state) => {
    if (state < split) {
      const here = operationsUnderWay(ahead, state);
      always[block] = always[block] ? common(always[block], here) : here.toSorted();
    } else {
      const here = operationsUnderWay(behind, state - split);
      ever[block] = [...(ever[block] ?? []), ...surplus(here, ever[block] ?? [])];
    }
  });
  return [always, ever];
}

/** What is in both, as often as it is in both; in the order of the first. */
const common = (some: readonly string[], others: readonly string[]): readonly string[] =>
  some.filter((one, at) => timesIn(some.slice(0, at), one) < timesIn(others, one));

/** What is in the first more often than in the second. */
const surplus = (some: readonly string[], others: readonly string[]): readonly string[] =>
  some.filter((one, at) => timesIn(some.slice(0, at), one) >= timesIn(others, one));
