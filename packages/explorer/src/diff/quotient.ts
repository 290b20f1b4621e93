import type { Refined } from './bisimulation.ts';
import { INTERNAL } from './labels.ts';

/** Two systems as one, each block of bisimilar states being a state. */
export interface Quotient {
  readonly first: readonly [number, number];
  /** Label, block, label, block, ...; each once, and nothing unseen that stays in the block. */
  steps(block: number): readonly number[];
  /** How many rounds of the refinement did not tell two blocks apart. */
  alike(one: number, other: number): number;
}

export function quotientOf({ rounds, split, steps }: Refined): Quotient {
  const block = rounds.at(-1)!;
  const ofBlock: number[][] = [];
  const seen: Set<string>[] = [];
  const member: number[] = [];
  for (const [state, own] of steps.entries()) {
    const from = block[state]!;
    member[from] = state;
    const all = (ofBlock[from] ??= []);
    const known = (seen[from] ??= new Set());
    for (let at = 0; at < own.length; at += 2) {
      const to = block[own[at + 1]!]!;
      const key = `${own[at]} ${to}`;
      if ((own[at] === INTERNAL && to === from) || known.has(key)) continue;
      known.add(key);
      all.push(own[at]!, to);
    }
  }
  return { first: [block[0]!, block[split]!], steps: (one) => ofBlock[one]!, alike };

  function alike(one: number, other: number): number {
    let [low, high] = [0, rounds.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const round = rounds[middle]!;
      if (round[member[one]!] === round[member[other]!]) low = middle;
      else high = middle;
    }
    return low;
  }
}
