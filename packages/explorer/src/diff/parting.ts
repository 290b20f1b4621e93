import type { Taken } from './along.ts';
import type { Partition, Refined } from './bisimulation.ts';
import { INTERNAL } from './labels.ts';

/** The way on each side to two states of which one can show what the other, which has committed itself, no longer can. */
export interface PartingOfWays {
  readonly ways: readonly [readonly Taken[], readonly Taken[]];
  /** What was seen on both ways, by number. */
  readonly before: readonly number[];
  /** What each of the two states can still show next. */
  readonly can: readonly [readonly number[], readonly number[]];
}

/**
 * Where two systems part that are not bisimilar: plays the refinement backwards. Of two states that a round told apart, one
 * can do something that leads to a block to which the other cannot follow; where they go instead, an earlier round told
 * apart.
 */
export function partingOf({ rounds, split, steps }: Refined): PartingOfWays {
  const ways: [Taken[], Taken[]] = [[], []];
  const before: number[] = [];
  let pair: [number, number] = [0, split];
  for (;;) {
    const round = rounds.findIndex((one) => one[pair[0]] !== one[pair[1]]) - 1;
    const partition = rounds[round]!;
    const signatures = pair.map((state) => entriesOf(state, partition)) as [Entries, Entries];
    const mover = [...signatures[0]].some(([key]) => !signatures[1].has(key)) ? 0 : 1;
    const other = mover === 0 ? 1 : 0;
    const [, entry] = [...signatures[mover]].find(([key]) => !signatures[other].has(key))!;
    if (entry.label === INTERNAL) {
      go(mover, partition, entry);
      continue;
    }
    const answer = [...signatures[other].values()].find(({ label }) => label === entry.label);
    if (!answer) {
      // It may still come after an unseen step out of the block, which is a choice that the first one has not made.
      const choice = [...signatures[other].values()].find(({ label }) => label === INTERNAL);
      if (!choice) break;
      go(other, partition, choice);
      continue;
    }
    go(mover, partition, entry);
    go(other, partition, answer);
    before.push(entry.label);
  }
  const can = pair.map((state) => [
    ...new Set([...entriesOf(state, rounds[0]!).values()].map(({ label }) => label)),
  ]) as [number[], number[]];
  return { ways, before, can };

  function entriesOf(state: number, partition: Partition): Entries {
    const entries: Entries = new Map();
    for (const label of signatureFrom(state, partition)) entries.set(`${label.label} ${label.block}`, label);
    return entries;
  }

  /** Unseen steps within the block, breadth first, and then one out of it. */
  function signatureFrom(state: number, partition: Partition): readonly Entry[] {
    const found: Entry[] = [];
    const reached = [state];
    for (const from of reached) {
      const own = steps[from]!;
      for (let at = 0; at < own.length; at += 2) {
        const [label, to] = [own[at]!, own[at + 1]!];
        const inert = label === INTERNAL && partition[to] === partition[state];
        if (!inert) found.push({ label, block: partition[to]! });
        else if (!reached.includes(to)) reached.push(to);
      }
    }
    return found;
  }

  function go(side: 0 | 1, partition: Partition, { label, block }: Entry): void {
    const start = pair[side];
    const from = new Map<number, Taken & { readonly to: number }>();
    const reached = [start];
    for (const state of reached) {
      const own = steps[state]!;
      for (let at = 0; at < own.length; at += 2) {
        const to = own[at + 1]!;
        const taken = { state, step: at / 2, to };
        if (own[at] === label && partition[to] === block && (label !== INTERNAL || block !== partition[start])) {
          const way = [taken];
          for (let back = from.get(state); back; back = from.get(back.state)) way.unshift(back);
          ways[side].push(...way.map(({ state: one, step }) => ({ state: one - side * split, step })));
          pair = side === 0 ? [to, pair[1]] : [pair[0], to];
          return;
        }
        if (own[at] === INTERNAL && partition[to] === partition[start] && !reached.includes(to)) {
          reached.push(to);
          from.set(to, taken);
        }
      }
    }
  }
}

interface Entry {
  readonly label: number;
  readonly block: number;
}

type Entries = Map<string, Entry>;
