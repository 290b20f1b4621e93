import type { Compiled } from '../tables/compile.ts';
import type { LinearSet } from '../explicit/linear-set.ts';
import { forEachMove, type Move } from '../tables/moves.ts';
import type { StateSet } from './state-set.ts';
import type { Row } from '../tables/table.ts';
import { walkerOf, type Turn } from '../tables/turns.ts';
import { UsersUnlike } from '../users/supposing-like-users.ts';

/** What a search breadth first has kept, by which ways are found again. */
export interface Searched {
  readonly seen: StateSet;
  readonly linear: LinearSet | undefined;
  /** Of the states before there was linear memory; those after are found by expanding the layer before theirs again. */
  readonly parents: readonly number[];
  /** The first state of each depth, and the one after the last. */
  readonly firsts: readonly number[];
  /** In order: those that nothing comes after. */
  readonly stopped: readonly number[];
  /** The state that is kept for a state. */
  kept(state: Row): Row;
}

/**
 * The turns from the initial state to state `from`, and by a move out of it that `breaks`. Throws {@link UsersUnlike} where states that
 * are kept do not follow from each other: two users of one have one number and are not alike.
 */
export function wayTo(
  compiled: Compiled,
  searched: Searched,
  from: number,
  breaks?: (move: Move, after: Row) => boolean,
): readonly Turn[] {
  const { seen, linear, parents, firsts, stopped, kept } = searched;
  const row = compiled.initial.slice();
  const states: number[] = [];
  for (let at = from; at > 0; at = parentOf(at)) states.unshift(at);
  // Who is who is told by the moves so far: it need not be as in the states that were kept.
  const walker = walkerOf(compiled);
  const turns = states.map((state) => {
    const wanted = seen.read(state, compiled.initial.slice());
    return go((move) => leadsTo(move, walker.row, wanted));
  });
  return breaks ? [...turns, go((move) => breaks(move, walker.row))] : turns;

  function go(isWanted: (move: Move) => boolean): Turn {
    const turn = walker.go(isWanted);
    if (!turn) throw new UsersUnlike();
    return turn;
  }

  function leadsTo({ failure }: Move, after: Row, wanted: Row): boolean {
    return !failure && kept(after).every((value, at) => value === wanted[at]);
  }

  /** From which state a state was first reached. */
  function parentOf(state: number): number {
    if (state < parents.length) return parents[state]!;
    const at = firsts.findLastIndex((first) => first <= state);
    const until = firsts[at]!;
    const wanted = seen.read(state, compiled.initial.slice());
    for (let before = firsts[at - 1]!, stops = stopped.findIndex((one) => one >= before); ; before++) {
      const end = Math.min(until, stopped[stops] ?? until);
      const { parent, next } = linear!.leadingTo(state, before, end);
      if (parent >= 0) return parent;
      before = next;
      if (next === until) throw new Error('a state that nothing leads to: this is a bug in the explorer');
      if (next === stopped[stops]) stops++;
      else if (leads(next, wanted)) return next;
    }
  }

  function leads(before: number, wanted: Row): boolean {
    let does = false;
    forEachMove(compiled, seen.read(before, row), (move) => (does ||= leadsTo(move, row, wanted)));
    return does;
  }
}
