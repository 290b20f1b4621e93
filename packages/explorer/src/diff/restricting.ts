import { describeOperation, type Machine, type Operation } from '@busward/core';
import { lookingUp, type Watched } from '../search/watched.ts';
import { refining } from './bisimulation.ts';
import { determine } from './determined.ts';
import type { Difference, Pair, Restriction } from './difference.ts';
import { INTERNAL, isRefusal, type Label } from './labels.ts';
import { seenFrom, type Comparing } from './on-machine.ts';
import type { pairMoves, PairMove } from './pair-moves.ts';
import { surelyRestricts } from './restriction-game.ts';
import { differenceOf, type Observation } from './tell.ts';
import { tellingApart } from './telling-apart.ts';
import { operationsUnderWay, timesIn } from './under-way.ts';

/**
 * Whether the first side admits nothing more than the second: what it does is looked for on the other one, which may leave
 * out any call, and has to leave out those that the first side refuses. One operation after the other first, since that
 * reads best; then with as many in flight as are asked for, where that can be decided.
 */
export function* restricting(machines: readonly Pair<Machine>[], how: Comparing): Watched<Restriction> {
  const { maxStates } = how.limits;
  for (const machine of machines) {
    if ((yield* lookingUp()) !== undefined) return { kind: 'undecided' };
    const found = yield* admitting(seenFrom(machine, { ...how, by: 'behaviour' }, 1, 'traces'), maxStates);
    if (found === 'undecided') return { kind: 'undecided' };
    if (found) return { kind: 'admits more', difference: found };
  }
  if (how.inFlight === 1) return { kind: 'admits nothing more', inFlight: 1 };
  const few = Math.ceil(maxStates / SHARE);
  let undecided = 0;
  for (const [at, machine] of machines.entries()) {
    if ((yield* lookingUp()) !== undefined) {
      undecided += machines.length - at;
      break;
    }
    const seen = seenFrom(machine, { ...how, by: 'behaviour' }, how.inFlight, 'traces');
    const refined = yield* refining(...seen.searched, few);
    const isSure =
      !('stoppedBy' in refined) && (yield* surelyRestricts(seen.searched, seen.labels, refined, maxStates)).follows;
    if (isSure) continue;
    const found = 'stoppedBy' in refined ? 'undecided' : yield* admitting(seen, few);
    if (found === 'undecided') undecided++;
    else if (found) return { kind: 'admits more', difference: found };
  }
  return undecided === 0
    ? { kind: 'admits nothing more', inFlight: how.inFlight }
    : { kind: 'admits nothing more', inFlight: 1, undecided: { inFlight: how.inFlight, machines: undecided } };
}

/** With several operations in flight bisimilar states are sought, too: it is left undecided after this part of the limit. */
const SHARE = 10;

/** The smallest scenario in which the first side does what the other cannot. */
function* admitting(seen: Observation, maxStates: number): Watched<Difference | 'undecided' | undefined> {
  const { labels, searched } = seen;
  const told = yield* tellingApart(
    determine(searched[0]),
    determine(searched[1]),
    labels,
    { most: Infinity, maxStates },
    movement(),
  );
  if (!told.complete) return 'undecided';
  return told.found && differenceOf(told.found, seen, (label) => mayBeLeftOut(labels.at(label)));
}

const mayBeLeftOut = (label: Label): boolean => label.kind === 'call' || isRefusal(label);

/** Only what the first side shows counts. The other one calls what is under way here when it likes, or not at all. */
function movement(): typeof pairMoves {
  const known = new Map<string, number>();
  const underWayIn = new Map<number, readonly string[]>();
  return (a, b, labels, left, right) => {
    const mine = a.after(left);
    const underWay = operationsUnderWay(a.observed, a.states(left)[0]!);
    const before = withCalls(right);
    const yours = b.after(before);
    const found: PairMove[] = [];
    const only: number[] = [];
    for (const [label, to] of mine) {
      const about = labels.at(label);
      const followed = yours.get(label);
      const twin =
        about.kind === 'call' ? before : isRefusal(about) ? leavingOut(about.operation!, followed) : followed;
      if (twin === undefined) only.push(label);
      else found.push({ label, by: 'both', to: [to, twin] });
    }
    const next = [[...mine.keys()], [...yours.keys()]] as const;
    return { moves: found, apart: only.length > 0 ? { only: [only, []], next } : undefined };

    /** With those that have made calls which are under way here, too. */
    function withCalls(set: number): number {
      const key = `${set} ${underWay.join()}`;
      const made = known.get(key);
      if (made !== undefined) return made;
      const states = [...b.states(set)];
      const reached = new Set(states);
      for (const state of states) {
        const steps = b.observed.steps(state);
        for (let at = 0; at < steps.length; at += 2) {
          const { kind, operation } = labels.at(steps[at]!);
          const to = steps[at + 1]!;
          if (reached.has(to)) continue;
          if (steps[at] !== INTERNAL && (kind !== 'call' || !lacks(state, operation!))) continue;
          reached.add(to);
          states.push(to);
        }
      }
      const larger = b.setOf(states)!;
      known.set(key, larger);
      return larger;
    }

    /** The other side, where the operation was left out that was refused here, or was refused, too. */
    function leavingOut(operation: Operation, refused: number | undefined): number | undefined {
      const leftOut = b.states(before).filter((state) => lacks(state, operation));
      return b.setOf([...leftOut, ...(refused === undefined ? [] : b.states(refused))]);
    }

    function lacks(state: number, operation: Operation): boolean {
      let there = underWayIn.get(state);
      if (!there) underWayIn.set(state, (there = operationsUnderWay(b.observed, state)));
      const wanted = describeOperation(operation);
      return timesIn(there, wanted) < timesIn(underWay, wanted);
    }
  };
}
