import { PluginError, type Principle } from '@busward/core';
import { together } from '../devices/at-most.ts';
import { judgesOf } from '../judging/judges.ts';
import { pastLooks } from '../leaving-out/past-looks.ts';
import type { Breach } from '../search/breach.ts';
import type { Stop } from '../search/ended.ts';
import type { Watched } from '../search/watched.ts';
import type { Compiled } from '../tables/compile.ts';
import { sameAsFarAsKnown } from '../tables/same-tables.ts';
import { brokenIn } from './judged.ts';
import { onlyAsked } from './only-asked.ts';
import { partiesOf } from './parties.ts';
import { spread, Untold } from './spread.ts';
import { talliesOf } from './tallies.ts';

/** What can be broken at most, as views say. */
export interface Viewed {
  readonly kind: 'viewed';
  readonly broken: readonly Breach[];
  readonly views: number;
  /** Operations may have seen anything ({@link pastLooks}). */
  readonly isPast: boolean;
}

/** More views are not looked at. */
const MOST_VIEWS = 200_000;

/**
 * Finds out what can be broken at most from what each device can be in by itself, beside what is shared ({@link spread}). What `isFound`
 * of every device of a group need not be asked for. Nothing where that is not told: under principles that are not core's, in more
 * than one group, where slots are told apart, if there are too many views, or if something throws that may not come to be.
 */
export function* lookingByViews(
  compiled: Compiled,
  principles: readonly Principle[],
  isFound: (principle: Principle, device: string) => boolean = () => false,
): Watched<Viewed | Stop | undefined> {
  const judges = judgesOf(compiled.system, principles);
  if (!compiled.symmetric || !judges.ours || compiled.system.machine.groups.length !== 1) return undefined;
  const past = pastLooks(compiled);
  const tables = onlyAsked(together(past, judges)());
  const parties = partiesOf(tables);
  const tallies = talliesOf(compiled, partiesOf(compiled));
  try {
    const all = yield* spread(tables, judges.bothWays, parties, tallies, MOST_VIEWS);
    if (typeof all === 'string') return { kind: 'stopped', by: all };
    const broken = brokenIn(tables, judges.bothWays, parties, tallies, all, isFound);
    return { kind: 'viewed', broken, views: all.views, isPast: past !== compiled };
  } catch (error) {
    if (error instanceof Untold || error instanceof PluginError) return undefined;
    throw error;
  }
}

/**
 * Whether views of `other` would have been the same, and ways that were found in `explored` are ways there. Nothing is said where others
 * judge than core, since that may depend on the bus.
 */
export const viewsAnswerFor = (explored: Compiled, other: Compiled, principles: readonly Principle[]): boolean =>
  judgesOf(other.system, principles).ours && sameAsFarAsKnown(explored, other);
