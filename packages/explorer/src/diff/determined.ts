import { INTERNAL } from './labels.ts';
import type { Observed } from './observed.ts';

/** All states that a system can be in after what was seen, as one: what is seen next decides the next one. Number 0 is the first. */
export interface Determined {
  readonly observed: Observed;
  /** By label, where what can be seen next leads to. */
  after(set: number): ReadonlyMap<number, number>;
  states(set: number): readonly number[];
  /** The set of these states and of all that follow unseen; none, if there are none. */
  setOf(states: readonly number[]): number | undefined;
}

/** Determines an observed system as far as it is asked for (the subset construction). */
export function determine(observed: Observed): Determined {
  const sets: Int32Array[] = [];
  const numbers = new Map<string, number>();
  const next: (ReadonlyMap<number, number> | undefined)[] = [];
  let stamps = new Int32Array(1024);
  let stamp = 0;
  close([0]);
  return {
    observed,
    after: (set) => (next[set] ??= find(set)),
    states: (set) => [...sets[set]!],
    setOf: (states) => (states.length === 0 ? undefined : close(states)),
  };

  function find(set: number): ReadonlyMap<number, number> {
    const targets = new Map<number, number[]>();
    for (const state of sets[set]!) {
      const steps = observed.steps(state);
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
      const steps = observed.steps(state);
      for (let at = 0; at < steps.length; at += 2) if (steps[at] === INTERNAL) add(steps[at + 1]!);
    }
    const set = Int32Array.from(all).toSorted();
    const key = set.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, sets.length);
    return sets.push(set) - 1;

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
