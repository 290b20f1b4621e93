import type { Compiled } from '../tables/compile.ts';
import type { IsEnough } from '../search/engine.ts';
import { nearestFirst, type Limits, type Violation } from '../search/explore.ts';
import type { Judges } from '../judging/judges.ts';
import type { Unmoved } from '../leaving-out/movers.ts';
import { pastLooks } from '../leaving-out/past-looks.ts';
import { supposingAlike } from '../users/supposing-alike.ts';
import type { Watched } from '../search/watched.ts';
import { lookingTogether, together } from './at-most.ts';
import type { Exchange } from './exchange.ts';
import { lookingAtOrbits } from './orbits.ts';

/** Of a system with like devices: what is broken in it, with shortest ways. */
export interface Quotient {
  readonly states: number;
  readonly transitions: number;
  readonly violations: readonly Violation[];
  /** Nothing but these is broken, and ways were not found: not in so few states. */
  readonly atMost?: readonly Pick<Violation, 'principle' | 'device'>[];
  /** The tables of {@link tablesOf} that were searched. */
  readonly searched: readonly Compiled[];
  /** Users of whom it does not matter who is who. */
  readonly alike?: readonly (readonly string[])[];
  /** It was stopped, and says nothing. */
  readonly stoppedBy?: string;
}

/**
 * Looks at one of all states that differ only in which of the like devices is where, and who of like users is who. First
 * with steps taken together, to see what is broken at all; then, if anything is, step by step until all of it has been
 * found, so that ways are shortest. Nothing if there are more than `maxStates` states, or if a count leaves its range that nobody
 * judges. Throws an Unlike if devices were taken to be alike that are not. With `isEnough`, which says when what is broken is
 * reason to look at something else, nothing as soon as it does. For ways `forWays` states are looked at: then few.
 */
export const quotientOf = (
  compiled: Compiled,
  exchange: Exchange,
  judges: Judges,
  limits: Limits,
  forWays = limits.maxStates,
  isEnough?: IsEnough,
): Watched<Quotient | undefined> =>
  supposingAlike(compiled, (supposed) => lookingTwice(supposed, exchange, judges, limits, forWays, isEnough));

/** {@link pastLooks} and with steps taken together, moved but for those that are `unmoved`; then step by step. */
export const tablesOf = (
  compiled: Compiled,
  judges: Judges,
  past = pastLooks(compiled),
  unmoved?: Unmoved,
): readonly [Compiled, Compiled] => [together(past, judges)(unmoved), compiled];

function* lookingTwice(
  compiled: Compiled,
  exchange: Exchange,
  judges: Judges,
  limits: Limits,
  forWays: number,
  isEnough: IsEnough | undefined,
): Watched<Quotient | undefined> {
  const first = yield* lookingTogether(compiled, exchange, judges, limits, isEnough);
  if (!first) return undefined;
  const { states, transitions } = first;
  if (first.stoppedBy !== undefined) return { ...first, searched: [], violations: [] };
  const { broken, last, together: tables, alike: classes } = first;
  const alike = classes && { alike: classes };
  const all = { ...alike, states, transitions, searched: [tables], violations: [] };
  const wanted = new Set(broken.map(({ principle, device }) => `${principle.id} ${exchange.likes(device)[0]!}`)).size;
  if (wanted === 0) return all;
  // Step by step there are, as a rule, more states on the way than there were.
  const apart = last > forWays ? undefined : yield* lookingAtOrbits(compiled, exchange, judges, forWays, wanted);
  if (!apart && isEnough) return { ...all, atMost: broken };
  if (!apart) return undefined;
  if ('stoppedBy' in apart) return { ...apart, searched: [], violations: [] };
  return {
    ...alike,
    searched: [tables, compiled],
    states: states + apart.states,
    transitions: transitions + apart.transitions,
    violations: nearestFirst(
      [...apart.found.values()].flatMap((found) => {
        const { device, path } = apart.wayTo(found);
        const { principle } = found;
        return exchange
          .likes(device)
          .map((other) => ({ principle, device: other, path: exchange.exchanged(path, device, other) }));
      }),
    ),
  };
}
