import {
  ANSWER,
  assemble,
  menuOf,
  withCallsApart,
  type Bus,
  type Machine,
  type Strategy,
  type System,
} from '@busward/core';
import { compile, type Compiled } from '../tables/compile.ts';
import { glued } from '../leaving-out/glued.ts';
import { stopOf } from '../search/ended.ts';
import { exploring, type Exploration, type Limits } from '../search/explore.ts';
import { judgesOf, sameJudges } from '../judging/judges.ts';
import { sameTables } from '../tables/same-tables.ts';
import type { Watched } from '../search/watched.ts';
import type { Principle } from '@busward/core';
import type { Pair } from './difference.ts';
import { labelBook } from './labels.ts';
import { behaviour, breaches, type Lens } from './lens.ts';
import { observe } from './observed.ts';
import type { Observation } from './tell.ts';

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

/** What may be done to one machine in every way, whatever tells its sides apart. */
export interface Explored {
  readonly machine: Pair<Machine>;
  /** The same tables: what one side does there the other does, and what is judged of it, if that counts; nothing else has to be looked at. */
  readonly alike: boolean;
  /** By side. */
  readonly explorations: Pair<Exploration>;
  readonly states: number;
  readonly stoppedBy?: string;
}

/** Explores the first side as it is, and the second unless it has the same tables. */
export function* exploringBoth(
  machine: Pair<Machine>,
  { sides, principles, by, inFlight, limits }: Comparing,
): Watched<Explored> {
  const systems = [0, 1].map((at) => systemOf(sides[at]!, machine[at]!, inFlight));
  const [first, second] = systems.map((system) => compile(system));
  const one = yield* exploring(first!, judgesOf(systems[0]!, principles), limits);
  const doTheSame = one.ended.kind === 'all seen' && sameTables(first!, second!, 'and answers');
  const isOne = doTheSame && sameJudges(first!, second!, principles);
  const other = isOne ? one : yield* exploring(second!, judgesOf(systems[1]!, principles), limits);
  const stoppedBy = stopOf(one) ?? stopOf(other);
  return {
    machine,
    alike: by === 'behaviour' ? doTheSame : isOne,
    explorations: [one, other],
    states: one.states + (isOne ? 0 : other.states),
    ...(stoppedBy !== undefined && { stoppedBy }),
  };
}

/**
 * Both sides of a machine as somebody outside sees them. Where only traces count, steps are taken together that nobody can
 * tell apart: a lock is taken later, which no trace shows, though it can be a choice.
 */
export function seenFrom(
  machine: Pair<Machine>,
  { sides, principles, by }: Comparing,
  inFlight: number,
  count: 'traces' | 'choices',
): Observation {
  const labels = labelBook();
  const [first, second] = ([0, 1] as const).map((at) => {
    const system = systemOf(sides[at], machine[at], inFlight);
    const judges = judgesOf(system, principles);
    const compiled = compile(withCallsApart(system));
    const lensOf = (one: Compiled): Lens => (by === 'behaviour' ? behaviour(one) : breaches(one, judges));
    const lens = lensOf(compiled);
    const observed = observe(compiled, labels, lens);
    if (count === 'choices') return { judges, observed, searched: observed };
    const fewer = glued(compiled, lens.cells, lens.answers ? ANSWER : undefined);
    return { judges, observed, searched: observe(fewer, labels, lensOf(fewer)) };
  });
  return {
    machine,
    labels,
    observed: [first!.observed, second!.observed],
    searched: [first!.searched, second!.searched],
    judges: [first!.judges, second!.judges],
  };
}

export function systemOf({ strategy, buses }: Side, machine: Machine, inFlight: number): System {
  return assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: menuOf(machine) });
}
