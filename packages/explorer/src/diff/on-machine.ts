import {
  assemble,
  menuOf,
  withCallsApart,
  type Bus,
  type Machine,
  type Operation,
  type Strategy,
  type System,
} from '@busward/core';
import { compile } from '../compile.ts';
import { exploring, type Exploration, type Limits } from '../explore.ts';
import { judgesOf } from '../judges.ts';
import { sameTables } from '../same-tables.ts';
import type { Watched } from '../watched.ts';
import type { Principle } from '@busward/core';
import { refining } from './bisimulation.ts';
import { determine } from './determined.ts';
import type { Difference, Pair, Parting } from './difference.ts';
import { tellingAllApart } from './essentials.ts';
import { labelBook } from './labels.ts';
import { behaviour, breaches } from './lens.ts';
import { observe } from './observed.ts';
import { differenceAtOnce, differenceOf, partingToTell, type Observation } from './tell.ts';
import { tellingApart, type Telling } from './telling-apart.ts';

/** One of two things to compare, with everything that it takes to run a machine. */
export interface Side {
  readonly name: string;
  readonly strategy: Strategy;
  readonly buses: readonly Bus[];
}

/** What is compared, and how; the same for every machine. */
export interface Comparing {
  readonly sides: Pair<Side>;
  readonly principles: readonly Principle[];
  /** 'behaviour': calls, answers and what devices show. 'principles': only which of them are broken after the same calls. */
  readonly by: 'behaviour' | 'principles';
  readonly inFlight: number;
  readonly limits: Limits;
}

/** What one machine has shown. */
export interface Compared {
  readonly differences: readonly Difference[];
  readonly parting?: Parting;
  /** The same tables: what one side does there the other does, and nothing else was looked at. */
  readonly alike: boolean;
  /** By side, what may be done to the machine in every way. */
  readonly explorations: Pair<Exploration>;
  readonly states: number;
  readonly stoppedBy?: string;
}

/** Looks on one machine for the smallest difference, of at most `most` operations. */
export function* comparingOn(machine: Pair<Machine>, how: Comparing, most: number): Watched<Compared> {
  const plain = yield* explorePlainly(machine, how);
  if (plain.alike || plain.stoppedBy !== undefined) return { ...plain, differences: [] };
  let states = plain.states;
  const outcome = how.by === 'behaviour' ? yield* byBehaviour() : yield* byPrinciples();
  return { ...plain, ...outcome, states };

  function* byBehaviour(): Watched<Pick<Compared, 'differences' | 'parting' | 'stoppedBy'>> {
    const seen = seenFrom(machine, how, how.inFlight);
    const atOnce = differenceAtOnce(seen);
    if (atOnce) return { differences: most < 0 ? [] : [atOnce] };
    const telling = yield* tell(seen, most);
    if (!telling.endless) return outcomeOf(seen, telling);
    const refined = yield* refining(...seen.observed, how.limits.maxStates);
    if ('stoppedBy' in refined) return { differences: [], stoppedBy: refined.stoppedBy };
    return { differences: [], ...(!refined.same && { parting: partingToTell(refined, seen) }) };
  }

  /** One operation after the other reads best, so that comes first; then whatever takes less of them. */
  function* byPrinciples(): Watched<Pick<Compared, 'differences' | 'stoppedBy'>> {
    const sequential = seenFrom(machine, how, 1);
    const one = yield* tell(sequential, most);
    if (!one.complete) return outcomeOf(sequential, one);
    const racing = seenFrom(machine, how, how.inFlight);
    const two = yield* tell(racing, (one.found?.operations ?? most + 1) - 1);
    const sooner = outcomeOf(racing, two);
    return two.found || !one.found
      ? sooner
      : { ...outcomeOf(sequential, one), ...(two.stoppedBy !== undefined && { stoppedBy: two.stoppedBy }) };
  }

  function* tell(seen: Observation, atMost: number): Watched<Telling> {
    const [a, b] = [determine(seen.observed[0]), determine(seen.observed[1])];
    const telling = yield* tellingApart(a, b, seen.labels, { most: atMost, maxStates: how.limits.maxStates });
    states += seen.observed[0].size() + seen.observed[1].size();
    return telling;
  }

  function outcomeOf(seen: Observation, { found, stoppedBy }: Telling): Pick<Compared, 'differences' | 'stoppedBy'> {
    return {
      differences: found ? [differenceOf(found, seen)] : [],
      ...(stoppedBy !== undefined && { stoppedBy }),
    };
  }
}

/** Every scenario that tells the sides apart on one machine and from which nothing can be left out. */
export function* comparingAllOn(
  machine: Pair<Machine>,
  how: Comparing,
  most: number,
  isKnown: (operations: readonly Operation[]) => boolean,
  found: (difference: Difference, operations: readonly Operation[]) => void,
): Watched<Omit<Compared, 'differences'>> {
  const plain = yield* explorePlainly(machine, how);
  if (plain.alike || plain.stoppedBy !== undefined) return plain;
  const seen = seenFrom(machine, how, how.inFlight);
  const atOnce = how.by === 'behaviour' ? differenceAtOnce(seen) : undefined;
  if (atOnce) {
    if (!isKnown([])) found(atOnce, []);
    return plain;
  }
  const [a, b] = [determine(seen.observed[0]), determine(seen.observed[1])];
  const told = yield* tellingAllApart(
    a,
    b,
    seen.labels,
    { most, maxStates: how.limits.maxStates, isKnown },
    (one, operations) => found(differenceOf(one, seen), operations),
  );
  const states = plain.states + seen.observed[0].size() + seen.observed[1].size();
  return { ...plain, states, ...(told.stoppedBy !== undefined && { stoppedBy: told.stoppedBy }) };
}

/** Explores the first side as it is, and the second unless it has the same tables. */
function* explorePlainly(
  machine: Pair<Machine>,
  { sides, principles, inFlight, limits }: Comparing,
): Watched<Omit<Compared, 'differences'>> {
  const systems = [0, 1].map((at) => systemOf(sides[at]!, machine[at]!, inFlight));
  const [first, second] = systems.map((system) => compile(system));
  const one = yield* exploring(first!, judgesOf(systems[0]!, principles), limits);
  const alike = one.complete && sameTables(first!, second!, 'and answers');
  const other = alike ? one : yield* exploring(second!, judgesOf(systems[1]!, principles), limits);
  const stoppedBy = one.stoppedBy ?? other.stoppedBy;
  return {
    alike,
    explorations: [one, other],
    states: one.states + (alike ? 0 : other.states),
    ...(stoppedBy !== undefined && { stoppedBy }),
  };
}

/** Both sides of a machine as somebody outside sees them. */
export function seenFrom(machine: Pair<Machine>, { sides, principles, by }: Comparing, inFlight: number): Observation {
  const labels = labelBook();
  const [first, second] = ([0, 1] as const).map((at) => {
    const system = systemOf(sides[at], machine[at], inFlight);
    const judges = judgesOf(system, principles);
    const compiled = compile(withCallsApart(system));
    const lens = by === 'behaviour' ? behaviour(compiled) : breaches(compiled, judges);
    return { judges, observed: observe(compiled, labels, lens) };
  });
  return {
    machine,
    labels,
    observed: [first!.observed, second!.observed],
    judges: [first!.judges, second!.judges],
  };
}

export function systemOf({ strategy, buses }: Side, machine: Machine, inFlight: number): System {
  return assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: menuOf(machine) });
}
