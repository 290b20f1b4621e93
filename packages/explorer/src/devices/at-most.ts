import type { Principle } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import type { IsEnough } from '../search/engine.ts';
import type { Violation } from '../search/explore.ts';
import { glued } from '../leaving-out/glued.ts';
import { judgesOf, type Judges } from '../judging/judges.ts';
import { lateLooks } from '../leaving-out/late-looks.ts';
import { pastLooks } from '../leaving-out/past-looks.ts';
import { supposingAlike } from '../users/supposing-alike.ts';
import { visiting } from '../search/visiting.ts';
import type { Watched } from '../search/watched.ts';
import { seeThatAlike } from './agree.ts';
import type { Exchange } from './exchange.ts';
import { devicesInOrder } from './in-order.ts';
import { supposingLike } from './supposing-like.ts';

/** What can be broken in a system, by whom, and nothing else; not how. */
export interface AtMost {
  readonly states: number;
  readonly transitions: number;
  readonly broken: readonly Pick<Violation, 'principle' | 'device'>[];
  /** So many states were seen before the last of it. */
  readonly last: number;
  readonly exchange: Exchange;
  /** The tables that were searched, with steps taken together. */
  readonly together: Compiled;
  /** Users of whom it does not matter who is who. */
  readonly alike?: readonly (readonly string[])[];
  /** Operations may have seen anything ({@link pastLooks}). */
  readonly isPast?: boolean;
  readonly stoppedBy?: never;
}

/** Stopped before it could say anything. */
export interface Stopped {
  readonly states: number;
  readonly transitions: number;
  readonly stoppedBy: string;
}

/** States after which tables in linear memory pay: putting devices in order takes JavaScript long. */
const LINEAR_AFTER = 100;

/**
 * {@link lookingTogether} past looks, with devices and users taken to be alike until tables disagree. Nothing, too, if operations tell
 * like devices apart, or if it was stopped.
 */
export function* lookingAtMost(
  compiled: Compiled,
  principles: readonly Principle[],
  most: number,
  linearAfter = LINEAR_AFTER,
): Watched<AtMost | undefined> {
  const judges = judgesOf(compiled.system, principles);
  const past = pastLooks(compiled);
  const found = yield* supposingLike(past, judges.ours, (exchange, supposed) =>
    supposingAlike(supposed, (one) => lookingTogether(one, exchange, judges, most, undefined, linearAfter)),
  );
  return found && found.stoppedBy === undefined ? { ...found, isPast: past !== compiled } : undefined;
}

/** The same system with steps taken together as far as nobody can tell who judges. */
export const together = (compiled: Compiled, judges: Judges): Compiled => glued(lateLooks(compiled), judges.seen);

/**
 * Visits, with steps taken together, one of all states that differ only in which of the like devices is where, and who of like
 * users is who. Nothing if there are more than `most`, if what was found is enough, or if a count leaves its range that nobody
 * judges. Throws {@link Unlike} or NotAlike if tables do not agree.
 */
export function* lookingTogether(
  compiled: Compiled,
  exchange: Exchange,
  judges: Judges,
  most: number,
  isEnough?: IsEnough,
  linearAfter = LINEAR_AFTER,
): Watched<AtMost | Stopped | undefined> {
  const tables = together(compiled, judges);
  const likeDevices = exchange.orders > 1 ? devicesInOrder(compiled, exchange.devices) : undefined;
  const atMost = (found: Parameters<IsEnough>[0]): Parameters<IsEnough>[0] =>
    found.flatMap(({ principle, device: by }) => exchange.likes(by).map((device) => ({ principle, device })));
  const search = visiting(
    { ...tables, ...(likeDevices && { likeDevices }) },
    judges.bothWays,
    { maxStates: most },
    (visited) => visited,
    linearAfter,
    isEnough && ((broken, states) => isEnough(atMost(broken), states)),
  );
  let far = search.next();
  let stoppedBy: string | undefined;
  for (let reports = 0; !far.done; reports++) {
    // Most that are not alike show it at once, if one arrangement is asked.
    if (reports === 1) seeThatAlike(tables, judges, exchange.arrangements.slice(-1));
    far = search.next((stoppedBy = yield far.value));
  }
  const { found, states, transitions, complete, alike } = far.value;
  if (stoppedBy !== undefined) return { states, transitions, stoppedBy };
  if (!complete) return undefined;
  // After that of users, who are exchanged in what came up, and devices in all of it.
  seeThatAlike(tables, judges, exchange.arrangements);
  const broken = atMost(found);
  const last = Math.max(0, ...found.map(({ from }) => from));
  return { states, transitions, broken, last, exchange, together: tables, ...(alike && { alike }) };
}
