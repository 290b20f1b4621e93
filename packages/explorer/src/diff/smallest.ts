import type { Machine } from '@busward/core';
import { lookingUp, type Watched } from '../search/watched.ts';
import { refining, type Refined } from './bisimulation.ts';
import { determine, determineRefined, type Determined } from './determined.ts';
import type { Difference, Pair, Parting } from './difference.ts';
import { seenFrom, type Comparing } from './on-machine.ts';
import { quotientOf } from './quotient.ts';
import { surelyShowTheSame } from './same-traces.ts';
import { differenceAtOnce, differenceOf, partingToTell, type Observation } from './tell.ts';
import { tellingApart } from './telling-apart.ts';

/** The smallest difference on any machine, or why there is none. */
export interface Smallest {
  readonly difference?: Difference;
  /** Nothing tells them apart, and yet they are not bisimilar. */
  readonly parting?: Parting;
  readonly states: number;
  readonly stoppedBy?: string;
  /** Every difference of so many operations was looked for, on every machine, before it stopped. */
  readonly operations: number;
}

/** A machine on which there may be more to find. */
interface Open {
  readonly seen: Observation;
  /** Operations in flight. */
  readonly inFlight: number;
  sets: Pair<Determined>;
  refined?: Refined;
}

/** With so many operations a side is still looked at as it is: most differences are that small. */
const FEW = 3;

/**
 * Looks for the smallest difference on any of the machines. All of them are looked at for what takes few operations before
 * any is looked at for more, so that none is searched far beyond what another one shows. What takes more is looked for with
 * bisimilar states as one; a machine whose sides are bisimilar has no difference.
 */
export function* smallestOn(machines: readonly Pair<Machine>[], how: Comparing, most: number): Watched<Smallest> {
  const { maxStates } = how.limits;
  // Of principles one operation after the other reads best, so that comes first; then whatever takes less of them.
  const flights = how.by === 'behaviour' ? [how.inFlight] : [...new Set([1, how.inFlight])];
  const all: Open[] = [];
  let difference: Difference | undefined;
  let parting: Parting | undefined;
  let stoppedBy: string | undefined;
  let done = 0;

  for (const inFlight of flights)
    for (const machine of machines) {
      stoppedBy ??= yield* lookingUp();
      if (stoppedBy !== undefined) return conclude();
      all.push(opened(machine, inFlight));
    }
  let open: readonly Open[] = all;
  if (how.by === 'behaviour')
    for (const { seen } of open) {
      difference ??= differenceAtOnce(seen);
      if (difference) return conclude();
    }
  for (let bound = 1; open.length > 0 && stoppedBy === undefined && !difference && done < most; bound *= 2) {
    const left: Open[] = [];
    for (const one of open) {
      const isLeft = yield* look(one, Math.min(bound, most));
      if (stoppedBy !== undefined) break;
      if (isLeft) left.push(one);
    }
    if (stoppedBy === undefined) done = bound;
    open = left;
  }
  return conclude();

  function opened(machine: Pair<Machine>, inFlight: number): Open {
    const seen = seenFrom(machine, how, inFlight, how.by === 'behaviour' ? 'choices' : 'traces');
    return { seen, inFlight, sets: [determine(seen.searched[0]), determine(seen.searched[1])] };
  }

  /** Whether there may be more to find. */
  function* look(one: Open, bound: number): Watched<boolean> {
    const atMost = difference ? difference.operations - 1 : bound;
    if (atMost > FEW && !one.refined) {
      const refined = yield* refine(one);
      if (!refined || refined.same) return false;
      const quotient = quotientOf(refined);
      if (yield* surelyShowTheSame(quotient, maxStates)) return yield* nothingMore(one);
      one.sets = determineRefined(quotient, one.seen.searched);
    }
    const told = yield* tellingApart(...one.sets, one.seen.labels, { most: atMost, maxStates });
    stoppedBy = told.stoppedBy;
    if (told.found) difference = differenceOf(told.found, one.seen);
    return told.endless ? yield* nothingMore(one) : true;
  }

  /** Nothing tells them apart there; they may still part. */
  function* nothingMore(one: Open): Watched<false> {
    if (how.by === 'behaviour' && !parting) {
      const refined = one.refined ?? (yield* refine(one));
      if (refined && !refined.same) parting = partingToTell(refined, one.seen);
    }
    return false;
  }

  function* refine(one: Open): Watched<Refined | undefined> {
    const refined = yield* refining(...one.seen.searched, maxStates);
    if (!('stoppedBy' in refined)) return (one.refined = refined);
    stoppedBy = refined.stoppedBy;
    return undefined;
  }

  function conclude(): Smallest {
    return {
      ...(difference && { difference }),
      ...(parting && { parting }),
      states: all.reduce((sum, { seen }) => sum + seen.searched[0].size() + seen.searched[1].size(), 0),
      ...(stoppedBy !== undefined && { stoppedBy }),
      operations: done,
    };
  }
}
