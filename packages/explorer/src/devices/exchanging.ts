import type { Principle } from '@busward/core';
import type { Reduced } from '../search/reduced.ts';
import type { Enough } from '../search/ended.ts';
import type { Decided, IsEnough } from '../search/engine.ts';
import type { Exchanged } from './answers-for.ts';
import { missingIn, worstOf, type Breach } from '../search/breach.ts';
import { nearestFirst, type Limits } from '../search/explore.ts';
import { judgesOf, type Judges } from '../judging/judges.ts';
import { pastLooks } from '../leaving-out/past-looks.ts';
import { supposingLikeUsers } from '../users/supposing-like-users.ts';
import { endSearch, unlessLeft, type Watched } from '../search/watched.ts';
import { decidedByViews, isLong, showingByViews } from '../views/shown.ts';
import { lookingAmongFew, noLikeness } from './among-few.ts';
import { lookingTogether } from './at-most.ts';
import { lookingForWays } from './shortest-ways.ts';
import { supposingLikeDevices } from './supposing-like-devices.ts';

/** More states are not looked at step by step for ways: few devices break most of it sooner. */
const MOST_FOR_WAYS = 100_000;

/**
 * Decides a system by {@link lookingTwice}. Devices that core knows nothing different of are taken to be alike, whatever bus they
 * are on, until tables disagree; but what others judge may depend on the bus. Ways that are not found there are looked for where
 * few devices do anything. Nothing if no devices are alike. If what can be broken `isEnough` not to look for all of it, what few break
 * is told, if that is enough, and nothing else.
 */
export function* exchanging(
  compiled: Reduced,
  principles: readonly Principle[],
  limits: Limits,
  isEnough: IsEnough,
): Watched<Decided | undefined> {
  const judges = judgesOf(compiled.system, principles);
  const past = pastLooks(compiled);
  let possible: readonly Breach[] = [];
  const looking = supposingLikeDevices(past, judges.ours, function* (exchange, supposed): Watched<Decided | undefined> {
    if (exchange.orders === 1) return undefined;
    const how = { exchange, isPast: past !== compiled };
    return yield* supposingLikeUsers(supposed, (one) =>
      lookingTwice(one, how, judges, limits, (broken, states) => isEnough((possible = broken), states)),
    );
  });
  let seen = 0;
  let told = yield* unlessLeft(looking, (far) => isLong(far) && (seen = far.states) > 0);
  if (seen > 0) {
    const viewed = yield* showingByViews(compiled, principles, [], limits);
    if (viewed) endSearch(looking);
    if (viewed?.kind === 'stopped') return { states: seen, violations: [], ended: viewed };
    if (viewed) return decidedByViews(viewed, seen);
    // What views allow too much is left out by who looks at states.
    told = yield* looking;
  }
  if (told) return yield* shown(compiled, told, judges, limits);
  return isEnough(possible, Infinity) && (yield* worst(compiled, worstOf(possible), judges, limits, isEnough));
}

/** Of so few kinds two devices each are as soon looked at. */
const FEW_KINDS = 2;

/**
 * The same with ways, if there were none, and few devices break all that can be broken. Where operations begin with looks that are
 * left out, a way of one device is not known to be one of those like it: so each would have to be looked at.
 */
function* shown(compiled: Reduced, told: Decided, judges: Judges, limits: Limits): Watched<Decided> {
  const { atMost: wanted, exchanged, ...known } = told;
  if (!wanted || !exchanged || exchanged.isPast) return told;
  const { devices } = compiled.system.machine;
  if (new Set(devices.map(({ name }) => exchanged.exchange.kin(name)[0])).size <= FEW_KINDS) return told;
  const few = yield* lookingAmongFew(compiled, judges, wanted, limits, exchanged.exchange);
  if (missingIn(few.violations, wanted).length > 0) return told;
  return {
    ...known,
    states: known.states + few.states,
    violations: nearestFirst(few.violations),
    amongFew: few.most,
    exchanged: { ...exchanged, searched: [...exchanged.searched, compiled] },
  };
}

/** What few devices break of the worst that may be broken, if that `isEnough`. */
function* worst(
  compiled: Reduced,
  wanted: readonly Breach[],
  judges: Judges,
  limits: Limits,
  isEnough: IsEnough,
): Watched<Decided | undefined> {
  const isDone = (some: readonly Breach[]): Enough | undefined => isEnough(some, Infinity);
  const { states, violations, most } = yield* lookingAmongFew(compiled, judges, wanted, limits, noLikeness, isDone);
  const found = isDone(violations);
  return found && { states, violations: nearestFirst(violations), amongFew: most, ended: { kind: 'enough', found } };
}

/**
 * Looks at one of all states that differ only in which of the like devices is where, and who of like users is who. First
 * with steps taken together, to see what is broken at all; then, if anything is, step by step until all of it has been
 * found, so that ways are shortest. Nothing if there are more than `maxStates`, or if a count leaves its range that nobody
 * judges. Throws a DevicesUnlike if devices were taken to be alike that are not, or a UsersUnlike if users were. With `isEnough`, which says
 * when what is broken is reason to look at something else, nothing as soon as it does, and few states are looked at for ways.
 */
export function* lookingTwice(
  compiled: Reduced,
  { exchange, isPast }: Pick<Exchanged, 'exchange' | 'isPast'>,
  judges: Judges,
  limits: Limits,
  isEnough?: IsEnough,
): Watched<Decided | undefined> {
  const said = (searched: readonly Reduced[], more: Pick<Decided, 'states'> & Partial<Decided>): Decided => ({
    ended: { kind: 'nothing else can break' },
    violations: [],
    exchanged: { exchange, searched, isPast },
    ...more,
  });
  const first = yield* lookingTogether(compiled, exchange, judges, limits, isEnough);
  if (!first) return undefined;
  if (first.kind === 'stopped') return said([], { states: first.states, ended: first.ended });
  const { states, broken, last, together: tables, alike: classes } = first;
  const alike = classes && { alike: classes };
  if (broken.length === 0) return said([tables], { ...alike, states });
  const { maxStates } = limits;
  // What was found past looks may not be so step by step.
  const forWays = !isEnough ? maxStates : isPast ? 0 : Math.min(maxStates, MOST_FOR_WAYS);
  // Step by step there are, as a rule, more states on the way than there were.
  const bounded = { ...limits, maxStates: forWays };
  const apart = last > forWays ? undefined : yield* lookingForWays(compiled, exchange, judges, broken, bounded);
  if (!apart) return isEnough && said([tables], { ...alike, states, atMost: broken });
  if (apart.kind === 'stopped') return said([], { states: apart.states, ended: apart.ended });
  return said([tables, compiled], {
    ...alike,
    states: states + apart.states,
    violations: nearestFirst(apart.violations),
  });
}
