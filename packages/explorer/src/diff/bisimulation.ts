import type { Watched } from '../watched.ts';
import { INTERNAL } from './labels.ts';
import type { Observed } from './observed.ts';

/** Blocks of states, a number for each state of the first side, then of the second. */
export type Partition = Int32Array;

export interface Refined {
  /** Every partition on the way, the coarsest first. States that the last one keeps together are branching bisimilar. */
  readonly rounds: readonly Partition[];
  /** States of the first side; those of the second come after them. */
  readonly split: number;
  /** Label, state, label, state, ... of every state of both. */
  readonly steps: readonly (readonly number[])[];
  /** Whether the first states of both sides are bisimilar. */
  readonly same: boolean;
}

/**
 * Branching bisimilarity, blind to divergence, of two systems, by signature refinement (Blom and Orzan, 2003): states stay
 * together while what they can show, after steps that nobody sees and that lead nowhere else, leads to the same blocks.
 * Ends with the reason in `stoppedBy` where it is sent one, or where there are more than `maxStates`.
 */
export function* refining(
  a: Observed,
  b: Observed,
  maxStates: number,
): Watched<Refined | { readonly stoppedBy: string }> {
  const steps: (readonly number[])[] = [];
  for (const observed of [a, b]) {
    const base = steps.length;
    for (let state = 0; state < observed.size(); state++) {
      const own = observed.steps(state);
      steps.push(base === 0 ? own : own.map((value, at) => (at % 2 === 0 ? value : value + base)));
      if (state % 20_000 !== 0) continue;
      const stop = yield { states: steps.length, transitions: 0, depth: 0, bytes: 0 };
      if (stop !== undefined) return { stoppedBy: stop };
      if (steps.length > maxStates) return { stoppedBy: `after ${maxStates.toLocaleString('en')} states` };
    }
  }
  const split = a.size();
  const order = unseenLast(steps);
  const rounds: Partition[] = [new Int32Array(steps.length)];
  for (let blocks = 1; ; ) {
    const { partition, count } = refine(steps, order, rounds.at(-1)!);
    if (count === blocks) break;
    blocks = count;
    rounds.push(partition);
    const stop = yield { states: steps.length, transitions: 0, depth: rounds.length, bytes: 0 };
    if (stop !== undefined) return { stoppedBy: stop };
  }
  const last = rounds.at(-1)!;
  return { rounds, split, steps, same: last[0] === last[split] };
}

/** One round: new blocks by old block and signature. */
function refine(
  steps: readonly (readonly number[])[],
  order: Int32Array,
  old: Partition,
): { readonly partition: Partition; readonly count: number } {
  const signatures: (readonly number[])[] = Array.from({ length: steps.length });
  const blocks = new Map<string, number>();
  const partition = new Int32Array(steps.length);
  for (const state of order) {
    const signature = signatureOf(steps[state]!, old, state, signatures);
    signatures[state] = signature;
    const key = `${old[state]} ${signature.join()}`;
    let block = blocks.get(key);
    if (block === undefined) blocks.set(key, (block = blocks.size));
    partition[state] = block;
  }
  return { partition, count: blocks.size };
}

/** Most labels there can be; a pair of label and block is one number. */
const LABELS = 2 ** 20;

/** What a state can show and where that leads, directly or after unseen steps within its block; sorted, each once. */
function signatureOf(
  steps: readonly number[],
  partition: Partition,
  state: number,
  known: readonly (readonly number[])[],
): readonly number[] {
  const all = new Set<number>();
  for (let at = 0; at < steps.length; at += 2) {
    const [label, to] = [steps[at]!, steps[at + 1]!];
    if (label === INTERNAL && partition[to] === partition[state]) for (const one of known[to]!) all.add(one);
    else all.add(partition[to]! * LABELS + label);
  }
  return [...all].toSorted((x, y) => x - y);
}

/** States in an order in which unseen steps lead to earlier ones. There are no circles of them: every operation ends. */
function unseenLast(steps: readonly (readonly number[])[]): Int32Array {
  const order = new Int32Array(steps.length);
  const state = new Uint8Array(steps.length);
  let done = 0;
  for (let root = 0; root < steps.length; root++) {
    const stack = [root];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (state[top] === 2) {
        stack.pop();
        continue;
      }
      const own = steps[top]!;
      const before = stack.length;
      if (state[top] === 0)
        for (let at = 0; at < own.length; at += 2)
          if (own[at] === INTERNAL && state[own[at + 1]!] === 0) stack.push(own[at + 1]!);
      state[top] = 1;
      if (stack.length > before) continue;
      stack.pop();
      state[top] = 2;
      order[done++] = top;
    }
  }
  return order;
}
