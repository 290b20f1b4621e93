import type { Cell } from '@busward/core';
import type { Next } from '../tables/compile.ts';
import type { Noted, Side } from './glued.ts';
import type { InTurn, Written } from './in-turn.ts';

/** What is known of a state in which an operation is between steps that are taken together: what nobody else could change. */
export interface InBetween {
  /** The place at which it is. */
  readonly node: number;
  readonly side: Side;
  /** Locks that it holds there. */
  readonly held: ReadonlySet<number>;
  readonly cells: readonly number[];
  /** What those say, and what they say in the state that is looked at for it: before all of the steps, or after. */
  readonly values: readonly number[];
  readonly instead: readonly number[];
}

/** Of a place, the locks that are held there, and the cells that are kept of it. */
export interface WatchedPlace {
  readonly node: number;
  readonly held: ReadonlySet<number>;
  readonly cells: readonly Cell[];
}

/** All that came up, by the text of what they say. */
export type AllInBetween = Map<string, InBetween>;

/** Notes where steps that are taken in turn come to places that are watched. */
export function notingIn(all: AllInBetween, watched: (node: number) => WatchedPlace | undefined, turn: InTurn): Noted {
  const passed: { readonly one: WatchedPlace; readonly values: readonly number[] }[] = [];
  const told = ({ cells }: WatchedPlace, says: (cell: number) => number): readonly number[] =>
    cells.map(({ id }) => says(id));
  return {
    goesOn({ to }: Next, side) {
      const one = watched(to);
      if (one && side === 'early') passed.push({ one, values: told(one, turn.look) });
      else if (one) add(one, side, told(one, turn.look), told(one, turn.lookBack));
    },
    ends(written: Written) {
      const then = (cell: number): number => written.get(cell) ?? turn.lookBack(cell);
      for (const { one, values } of passed) add(one, 'early', values, told(one, then));
    },
  };

  function add(
    { cells, ...one }: WatchedPlace,
    side: Side,
    values: readonly number[],
    instead: readonly number[],
  ): void {
    const key = `${side} ${one.node} ${values.join()} ${instead.join()}`;
    if (!all.has(key)) all.set(key, { ...one, side, cells: cells.map(({ id }) => id), values, instead });
  }
}
