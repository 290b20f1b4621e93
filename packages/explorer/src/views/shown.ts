import type { Principle } from '@busward/core';
import { lookingAmongFew, noLikeness, type AmongFew } from '../devices/among-few.ts';
import { judgesOf } from '../judging/judges.ts';
import { breachText, missingIn, type Breach } from '../search/breach.ts';
import type { Stop } from '../search/ended.ts';
import type { Decided } from '../search/engine.ts';
import { nearestFirst, type Limits } from '../search/explore.ts';
import type { Reduced } from '../search/reduced.ts';
import { isGrowing, type SearchProgress, type Watched } from '../search/watched.ts';
import { lookingByViews, type Viewed } from './looking.ts';

/** All that can be broken, of which few devices break what was not found before. */
export interface Shown {
  readonly kind: 'shown';
  readonly all: Viewed;
  readonly few: AmongFew;
}

/** Beyond so many states that differ in more than which of like devices is where views may be quicker. */
const LONG = 400_000;

/** Whether a search has seen so many states, and there come to be more and more, that views are looked at first. */
export const isLong = (far: SearchProgress): boolean => far.states >= LONG && isGrowing(far);

/** What was shown, after so many states were seen without that being enough. */
export const decidedByViews = ({ all, few: { states, violations, most } }: Shown, seen: number): Decided => ({
  states: seen + states,
  violations: nearestFirst(violations),
  ended: { kind: 'nothing else can break' },
  viewed: all,
  ...(violations.length > 0 && { amongFew: most }),
});

/** {@link lookingByViews}, and ways to what was not `found`; nothing if few devices do not break all that may be broken. */
export function* showingByViews(
  compiled: Reduced,
  principles: readonly Principle[],
  found: readonly Breach[],
  limits: Limits,
): Watched<Shown | Stop | undefined> {
  const known = new Set(found.map(breachText));
  const all = yield* lookingByViews(compiled, principles, (principle, device) =>
    known.has(breachText({ principle, device })),
  );
  if (all?.kind !== 'viewed') return all;
  const wanted = missingIn(found, all.broken);
  const few = yield* lookingAmongFew(compiled, judgesOf(compiled.system, principles), wanted, limits, noLikeness);
  return missingIn(few.violations, wanted).length === 0 ? { kind: 'shown', all, few } : undefined;
}
