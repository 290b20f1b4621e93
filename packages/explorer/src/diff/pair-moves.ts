import type { Determined } from './determined.ts';
import type { Labels } from './labels.ts';

/** What both sides of a product do next. `by`: who does it, where the other passes over a call that it cannot make. */
export interface PairMove {
  readonly label: number;
  readonly by: 0 | 1 | 'both';
  readonly to: readonly [number, number];
}

/** What only one side can show next: by number, as {@link Labels} has them; and all that each can. */
export interface ApartHere {
  readonly only: readonly [readonly number[], readonly number[]];
  readonly next: readonly [readonly number[], readonly number[]];
}

export interface PairMoves {
  readonly moves: readonly PairMove[];
  readonly apart: ApartHere | undefined;
}

/** Where a pair of sets of states goes, and what tells its sides apart there. */
export function pairMoves(a: Determined, b: Determined, labels: Labels, left: number, right: number): PairMoves {
  // The same can come on both sides.
  if (a.space === b.space && left === right) return { moves: [], apart: undefined };
  const [mine, yours] = [a.after(left), b.after(right)];
  const { passesOver } = a.observed.lens;
  const isPassedOver = (label: number): boolean => passesOver && labels.at(label).kind === 'call';
  const moves: PairMove[] = [];
  const only: [number[], number[]] = [[], []];
  for (const [label, to] of mine) {
    const twin = yours.get(label);
    if (twin !== undefined) moves.push({ label, by: 'both', to: [to, twin] });
    else if (isPassedOver(label)) moves.push({ label, by: 0, to: [to, right] });
    else only[0].push(label);
  }
  for (const [label, to] of yours)
    if (!mine.has(label)) {
      if (isPassedOver(label)) moves.push({ label, by: 1, to: [left, to] });
      else only[1].push(label);
    }
  const isApart = only[0].length + only[1].length > 0;
  return { moves, apart: isApart ? { only, next: [[...mine.keys()], [...yours.keys()]] } : undefined };
}
