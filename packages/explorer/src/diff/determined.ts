import { INTERNAL } from './labels.ts';
import { numberedLists } from './numbered-lists.ts';
import type { Observed } from './observed.ts';
import type { Quotient } from './quotient.ts';

/** All states that a system can be in after what was seen, as one: what is seen next decides the next one. */
export interface Determined {
  readonly observed: Observed;
  /** The set that it begins with. */
  readonly first: number;
  /** By label, where what can be seen next leads to. */
  after(set: number): ReadonlyMap<number, number>;
  states(set: number): readonly number[];
  /** The set of these states and of all that follow unseen; none, if there are none. */
  setOf(states: readonly number[]): number | undefined;
  /** States made so far, and how many all sets hold together. */
  size(): number;
  /** Two sides that have one: where their sets have the same number, the same can come. */
  readonly space: object;
}

/** Determines an observed system as far as it is asked for (the subset construction). */
export function determine(observed: Observed): Determined {
  const space = spaceOf(observed.steps);
  return side(observed, space, 0);
}

/**
 * Both sides of a quotient, each state standing for all that are bisimilar to it, on either side. There are fewer sets of
 * those, and where both sides have come to the same one nothing can tell them apart any more.
 */
export function determineRefined(
  { first, steps }: Quotient,
  [a, b]: readonly [Observed, Observed],
): readonly [Determined, Determined] {
  const space = spaceOf(steps);
  return [side(a, space, first[0]), side(b, space, first[1])];
}

const side = (observed: Observed, space: Space, state: number): Determined => ({
  observed,
  first: space.close([state]),
  after: space.after,
  states: space.states,
  setOf: (states) => (states.length === 0 ? undefined : space.close(states)),
  size: () => observed.size() + space.size(),
  space,
});

type Space = ReturnType<typeof spaceOf>;

/** The sets of states of one system, made as far as they are asked for. */
function spaceOf(stepsOf: (state: number) => readonly number[]) {
  const sets = numberedLists();
  const next: (ReadonlyMap<number, number> | undefined)[] = [];
  let stamps = new Int32Array(1024);
  let stamp = 0;
  let held = 0;
  return {
    after: (set: number): ReadonlyMap<number, number> => (next[set] ??= find(set)),
    states: (set: number): readonly number[] => [...sets.at(set)],
    close,
    size: (): number => held,
  };

  function find(set: number): ReadonlyMap<number, number> {
    const targets = new Map<number, number[]>();
    for (const state of sets.at(set)) {
      const steps = stepsOf(state);
      for (let at = 0; at < steps.length; at += 2) {
        const label = steps[at]!;
        if (label === INTERNAL) continue;
        const known = targets.get(label);
        if (known) known.push(steps[at + 1]!);
        else targets.set(label, [steps[at + 1]!]);
      }
    }
    return new Map([...targets].map(([label, states]) => [label, close(states)]));
  }

  /** The set of these states and of all that follow unseen. */
  function close(from: readonly number[]): number {
    stamp++;
    const all: number[] = [];
    from.forEach(add);
    for (const state of all) {
      const steps = stepsOf(state);
      for (let at = 0; at < steps.length; at += 2) if (steps[at] === INTERNAL) add(steps[at + 1]!);
    }
    const before = sets.size;
    const set = sets.numberOf(Int32Array.from(all).toSorted());
    if (set === before) held += all.length;
    return set;

    function add(state: number): void {
      if (state >= stamps.length) {
        const larger = new Int32Array(Math.max(stamps.length * 2, state + 1));
        larger.set(stamps);
        stamps = larger;
      }
      if (stamps[state] === stamp) return;
      stamps[state] = stamp;
      all.push(state);
    }
  }
}
