import { describeOperation, OK, type Machine, type Operation } from '@busward/core';
import type { Watched } from '../watched.ts';
import { determine, type Determined } from './determined.ts';
import type { Pair, Restriction } from './difference.ts';
import { INTERNAL, type Label } from './labels.ts';
import { seenFrom, type Comparing } from './on-machine.ts';
import type { pairMoves, PairMove } from './pair-moves.ts';
import { differenceOf } from './tell.ts';
import { tellingApart } from './telling-apart.ts';

/**
 * Whether the first side admits nothing more than the second: what it does is looked for on the other one, which may leave
 * out any call, and has to leave out those that the first side refuses. One operation after the other: of more in flight the
 * other side would have too many to choose from, and a refinement judges inside one section anyway.
 */
export function* restricting(machines: readonly Pair<Machine>[], how: Comparing): Watched<Restriction> {
  for (const machine of machines) {
    const seen = seenFrom(machine, { ...how, by: 'behaviour' }, 1, 'traces');
    const { labels, searched } = seen;
    const told = yield* tellingApart(
      determine(searched[0]),
      determine(searched[1]),
      labels,
      { most: Infinity, maxStates: how.limits.maxStates },
      movement(),
    );
    if (!told.complete) return { kind: 'undecided' };
    const isFree = (label: number): boolean => mayBeLeftOut(labels.at(label));
    if (told.found) return { kind: 'admits more', difference: differenceOf(told.found, seen, isFree) };
  }
  return { kind: 'admits nothing more' };
}

const mayBeLeftOut = (label: Label): boolean => label.kind === 'call' || isRefusal(label);
const isRefusal = ({ kind, text }: Label): boolean => kind === 'answer' && !text.endsWith(`= ${OK}`);

/** Only what the first side shows counts. The other one calls what is under way here when it likes, or not at all. */
function movement(): typeof pairMoves {
  const known = new Map<string, number>();
  const underWayIn = new Map<number, readonly string[]>();
  return (a, b, labels, left, right) => {
    const mine = a.after(left);
    const underWay = operationsUnderWay(a, a.states(left)[0]!);
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
      if (!there) underWayIn.set(state, (there = operationsUnderWay(b, state)));
      const wanted = describeOperation(operation);
      const times = (all: readonly string[]): number => all.filter((one) => one === wanted).length;
      return times(there) < times(underWay);
    }
  };
}

/** Called and not answered. */
function operationsUnderWay({ observed }: Determined, state: number): readonly string[] {
  const { cells, nodes } = observed.compiled;
  const slots = observed.row(state)?.subarray(cells.length) ?? [];
  return [...slots].flatMap((at) => {
    const node = nodes[at]!;
    return node.kind === 'at' ? [describeOperation(node.operation)] : [];
  });
}
