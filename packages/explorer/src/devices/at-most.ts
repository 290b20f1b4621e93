import type { Principle } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import type { Breach } from '../search/breach.ts';
import type { Reduced } from '../search/reduced.ts';
import type { IsEnough } from '../search/engine.ts';
import { isComplete, type Stop } from '../search/ended.ts';
import type { Limits } from '../search/explore.ts';
import { judgesOf, type Judges } from '../judging/judges.ts';
import { lateLooks } from '../leaving-out/late-looks.ts';
import { togetherIn } from '../leaving-out/together.ts';
import { noneUnmoved, type Unmoved } from '../leaving-out/movers.ts';
import { Minded, type IsFound, type MovedSteps } from '../leaving-out/who-minds.ts';
import { pastLooks } from '../leaving-out/past-looks.ts';
import { supposingLikeUsers } from '../users/supposing-like-users.ts';
import { visiting } from '../search/visiting.ts';
import { walker } from '../search/walk.ts';
import { endSearch, isGrowing, type Watched } from '../search/watched.ts';
import { seeThatAlike } from './agree.ts';
import type { DeviceExchange } from './exchange.ts';
import { devicesInOrder } from './in-order.ts';
import { supposingLikeDevices } from './supposing-like-devices.ts';

/** What can be broken in a system, by whom, and nothing else; not how. */
export interface AtMost {
  readonly kind: 'at most';
  readonly states: number;
  readonly broken: readonly Breach[];
  /** So many states were seen before the last of it. */
  readonly last: number;
  readonly exchange: DeviceExchange;
  /** The tables that were searched, with steps taken together. */
  readonly together: Reduced;
  /** Users of whom it does not matter who is who. */
  readonly alike?: readonly (readonly string[])[];
  /** Operations may have seen anything ({@link pastLooks}). */
  readonly isPast?: boolean;
}

/** Stopped before it could say anything. */
export interface Stopped {
  readonly kind: 'stopped';
  readonly states: number;
  readonly ended: Stop;
}

/** Beyond so many states steps are moved, if there come to be more and more, and twice as many may be looked at. */
const MOVED_AFTER = 200_000;
/**
 * Reports after which it is looked whether somebody minds. Then all begins again, so the sooner the better; but everything that came up
 * is held against every state in between, so it is not done after each.
 */
const SOON: readonly number[] = [2, 3, 4, 5, 6, 8, 10, 14];
/** And whether somebody judges what was not found: so most has to have been by then that will be. It takes as long again. */
const JUDGED: readonly number[] = [5, 10];
/** Steps that are walked about before steps are moved: most of those who mind show then, and nothing large has to begin again. */
const WALK = 1_500;
/** States after which tables in linear memory pay: putting devices in order takes JavaScript long. */
export const LINEAR_AFTER = 100;

/**
 * {@link lookingTogether} past looks, with devices and users taken to be alike until tables disagree. Nothing, too, if operations tell
 * like devices apart, or if it was stopped.
 */
export function* lookingAtMost(
  compiled: Reduced,
  principles: readonly Principle[],
  limits: Limits,
  isEnough?: IsEnough,
): Watched<AtMost | undefined> {
  const judges = judgesOf(compiled.system, principles);
  const past = pastLooks(compiled);
  const found = yield* supposingLikeDevices(past, judges.ours, (exchange, supposed) =>
    supposingLikeUsers(supposed, (one) => lookingTogether(one, exchange, judges, limits, isEnough)),
  );
  return found?.kind === 'at most' ? { ...found, isPast: past !== compiled } : undefined;
}

/** The same system with steps taken together as far as nobody can tell who judges; with `unmoved`, moved but for those. */
export const together = (compiled: Reduced, judges: Judges): ((unmoved?: Unmoved) => Reduced) =>
  togetherIn(lateLooks(compiled), judges.seen);

/**
 * Visits, with steps taken together, one of all states that differ only in which of the like devices is where, and who of like
 * users is who. Nothing if there are more than `maxStates`, if what was found is enough, or if a count leaves its range that nobody
 * judges. Throws {@link DevicesUnlike} or UsersUnlike if tables do not agree. Where there are more than `movedAfter` states and more and more, it is
 * done again with steps moved.
 */
export function* lookingTogether(
  compiled: Reduced,
  exchange: DeviceExchange,
  judges: Judges,
  { maxStates, linearAfter = LINEAR_AFTER, movedAfter = MOVED_AFTER }: Limits,
  isEnough?: IsEnough,
): Watched<AtMost | Stopped | undefined> {
  const tablesBut = together(compiled, judges);
  const likeDevices = exchange.orders > 1 ? devicesInOrder(compiled, exchange.devices) : undefined;
  let foundBefore: readonly Breach[] = [];
  for (let unmoved: Unmoved | undefined; ;) {
    try {
      const found = yield* looking(tablesBut(unmoved));
      if (found !== 'many') return found;
      unmoved = noneUnmoved;
    } catch (error) {
      if (!(error instanceof Minded)) throw error;
      unmoved = alsoNamed(unmoved!, error.places, compiled);
    }
  }

  function* looking(tables: Reduced): Watched<AtMost | Stopped | 'many' | undefined> {
    const { moved } = tables;
    let known: readonly Breach[] = foundBefore;
    const isKnown: IsFound = (principle, device) =>
      known.some((one) => one.principle === principle && exchange.likes(device).includes(one.device));
    if (moved) {
      walker(tables, judges.bothWays)(tables.initial, WALK);
      moved.seeThatNobodyMinds(judges.bothWays, isKnown);
    }
    const search = visiting(
      { ...tables, ...(likeDevices && { likeDevices }), ...(moved && { moved: sparingLikes(moved) }) },
      judges.bothWays,
      { maxStates, linearAfter },
      (visited) => visited,
      (broken, states) => {
        known = broken;
        return isEnough?.(ofLikes(exchange, broken), states);
      },
    );
    try {
      let far = search.next();
      let stoppedBy: string | undefined;
      for (let reports = 0; !far.done; reports++) {
        const isMany = far.value.states > movedAfter && isGrowing(far.value) && maxStates > 2 * movedAfter;
        // Where not all need be found it does not pay to begin again.
        if (isMany && !moved && isEnough?.(ofLikes(exchange, known), Infinity) === undefined) {
          foundBefore = known;
          return 'many';
        }
        if (SOON.includes(reports))
          moved?.seeThatNobodyMinds(JUDGED.includes(reports) ? judges.bothWays : undefined, isKnown);
        // Most that are not alike show it at once, if one arrangement is asked.
        if (reports === 1) seeThatAlike(tables, judges, exchange.arrangements.slice(-1));
        far = search.next((stoppedBy = yield far.value));
      }
      const { found, states, alike } = far.value;
      if (stoppedBy !== undefined) return { kind: 'stopped', states, ended: { kind: 'stopped', by: stoppedBy } };
      if (!isComplete(far.value)) return undefined;
      // After that of users, who are exchanged in what came up, and devices in all of it.
      seeThatAlike(tables, judges, exchange.arrangements);
      const broken = ofLikes(exchange, found);
      const last = Math.max(0, ...found.map(({ from }) => from));
      return { kind: 'at most', states, broken, last, exchange, together: tables, ...(alike && { alike }) };
    } finally {
      endSearch(search);
    }
  }

  /** What was found of a device was found of those that are like it. */
  function sparingLikes(moved: MovedSteps): MovedSteps {
    const ofLike =
      (isFound: IsFound): IsFound =>
      (principle, device) =>
        exchange.likes(device).some((one) => isFound(principle, one));
    return {
      ...moved,
      seeThatNothingIsMissed: (all, isFound) => moved.seeThatNothingIsMissed(all, ofLike(isFound)),
    };
  }
}

/** What one of like devices breaks all of them do. */
export const ofLikes = ({ likes }: DeviceExchange, broken: readonly Breach[]): readonly Breach[] =>
  broken.flatMap(({ principle, device: by }) => likes(by).map((device) => ({ principle, device })));

/** With those where others take a step by that name: what is minded of one of them is, as a rule, minded of all. */
function alsoNamed({ late, early }: Unmoved, places: Minded['places'], { nodes }: Compiled): Unmoved {
  const nameOf = (place: number): string | undefined => {
    const node = nodes[place]!;
    return node.kind === 'at' ? node.name : undefined;
  };
  const named = (some: readonly number[]): readonly number[] => {
    const names = new Set(some.map(nameOf));
    return [...nodes.keys()].filter((place) => names.has(nameOf(place)));
  };
  return { late: new Set([...late, ...named(places.late)]), early: new Set([...early, ...named(places.early)]) };
}
