import { groupBy } from '../group-by.ts';
import { afterStates, type Watched } from '../search/watched.ts';
import { INTERNAL } from './labels.ts';
import { numberedLists } from './numbered-lists.ts';
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
      if (steps.length > maxStates) return { stoppedBy: afterStates(maxStates) };
    }
  }
  const split = a.size();
  const refinement = refine(steps);
  const rounds: Partition[] = [];
  do {
    rounds.push(refinement.partition.slice());
    const stop = yield { states: steps.length, transitions: 0, depth: rounds.length, bytes: 0 };
    if (stop !== undefined) return { stoppedBy: stop };
  } while (refinement.next());
  return { rounds, split, steps, same: refinement.partition[0] === refinement.partition[split] };
}

/** Most labels there can be. */
const LABELS = 2 ** 20;

/**
 * Begins with all states together. `next` splits what differs now, and says whether anything did: a signature is made again
 * only where the state, or what comes after it, went to another block in the round before.
 */
function refine(steps: readonly (readonly number[])[]): { readonly partition: Partition; next(): boolean } {
  const order = unseenLast(steps);
  const partition = new Int32Array(steps.length);
  const signatures = new Int32Array(steps.length).fill(-1);
  const known = numberedLists();
  // A pair of label and block is one number.
  const pairs = new Map<number, number>();
  const members: number[][] = [steps.map((_, state) => state)];
  let moved = new Uint8Array(steps.length).fill(1);
  return { partition, next };

  function next(): boolean {
    const changed = new Uint8Array(steps.length);
    const touched = new Set<number>();
    for (const state of order) {
      if (!isToDo(state, changed)) continue;
      const signature = known.numberOf(signatureOf(state));
      if (signature === signatures[state]) continue;
      signatures[state] = signature;
      changed[state] = 1;
      touched.add(partition[state]!);
    }
    moved = new Uint8Array(steps.length);
    let any = false;
    for (const block of touched) any = split(block) || any;
    return any;
  }

  function isToDo(state: number, changed: Uint8Array): boolean {
    if (moved[state]) return true;
    const own = steps[state]!;
    for (let at = 0; at < own.length; at += 2) {
      const to = own[at + 1]!;
      if (moved[to] || (changed[to] && own[at] === INTERNAL)) return true;
    }
    return false;
  }

  /** The largest part of a block keeps its number. */
  function split(block: number): boolean {
    const parts = [...groupBy(members[block]!, (state) => signatures[state]).values()];
    if (parts.length === 1) return false;
    const [largest, ...others] = parts.toSorted((x, y) => y.length - x.length);
    members[block] = [...largest!];
    for (const part of others) {
      const fresh = members.push([...part]) - 1;
      for (const state of part) {
        partition[state] = fresh;
        moved[state] = 1;
      }
    }
    return true;
  }

  /** What a state can show and where that leads, directly or after unseen steps within its block; sorted, each once. */
  function signatureOf(state: number): Int32Array {
    const own = steps[state]!;
    const all: number[] = [];
    for (let at = 0; at < own.length; at += 2) {
      const [label, to] = [own[at]!, own[at + 1]!];
      if (label === INTERNAL && partition[to] === partition[state]) known.addTo(all, signatures[to]!);
      else all.push(numberOfPair(label, partition[to]!));
    }
    const sorted = Int32Array.from(all).toSorted();
    let kept = 0;
    for (const one of sorted) if (kept === 0 || one !== sorted[kept - 1]) sorted[kept++] = one;
    return sorted.subarray(0, kept);
  }

  function numberOfPair(label: number, block: number): number {
    const pair = block * LABELS + label;
    let number = pairs.get(pair);
    if (number === undefined) pairs.set(pair, (number = pairs.size));
    return number;
  }
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
