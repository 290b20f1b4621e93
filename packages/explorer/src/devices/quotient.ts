import type { Compiled } from '../compile.ts';
import { nearestFirst, type Violation } from '../explore.ts';
import { glued } from '../glued.ts';
import type { Judges } from '../judges.ts';
import { supposingAlike } from '../users/supposing-alike.ts';
import type { Watched } from '../watched.ts';
import type { Exchange } from './exchange.ts';
import { brokenAtMost, lookingAtOrbits, type IsEnough } from './orbits.ts';

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
 * found, so that ways are shortest. Nothing if there are more than `most` states, or if a count leaves its range that nobody
 * judges. Throws an Unlike if devices were taken to be alike that are not. With `isEnough`, which says when what is broken is
 * reason to look at something else, nothing as soon as it does, and few states are looked at for ways.
 */
export const quotientOf = (
  compiled: Compiled,
  exchange: Exchange,
  judges: Judges,
  most: number,
  isEnough?: IsEnough,
): Watched<Quotient | undefined> =>
  supposingAlike(compiled, (supposed) => lookingTwice(supposed, exchange, judges, most, isEnough));

/** With steps taken together, then step by step. */
export const tablesOf = (compiled: Compiled, judges: Judges): readonly [Compiled, Compiled] => [
  glued(compiled, new Set(judges.states.flatMap(({ reads }) => reads.map(({ id }) => id)))),
  compiled,
];

/** So many states are looked at for ways where it is as quick to look at fewer devices. */
const FEW_FOR_WAYS = 5_000;

function* lookingTwice(
  compiled: Compiled,
  exchange: Exchange,
  judges: Judges,
  most: number,
  isEnough?: IsEnough,
): Watched<Quotient | undefined> {
  const alike = compiled.likeUsers && { alike: compiled.likeUsers.classes };
  const tables = tablesOf(compiled, judges);
  const searched = tables.slice(0, 1);
  const together = yield* lookingAtOrbits(tables[0], exchange, judges, most, { isEnough });
  if (!together) return undefined;
  if ('stoppedBy' in together) return { ...together, searched, violations: [] };
  const wanted = new Set(together.found.keys());
  if (wanted.size === 0) return { ...together, ...alike, searched, violations: [] };
  const few = isEnough ? Math.min(most, FEW_FOR_WAYS) : most;
  // Step by step there are, as a rule, more states on the way than there were.
  const isFar = [...together.found.values()].some(({ from }) => from > few);
  const apart = isFar ? undefined : yield* lookingAtOrbits(compiled, exchange, judges, few, { wanted });
  if (!apart && isEnough)
    return { ...together, ...alike, searched, violations: [], atMost: brokenAtMost(together.found.values(), exchange) };
  if (!apart) return undefined;
  if ('stoppedBy' in apart) return { ...apart, searched, violations: [] };
  return {
    ...alike,
    searched: tables,
    states: together.states + apart.states,
    transitions: together.transitions + apart.transitions,
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
