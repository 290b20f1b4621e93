import type { Compiled } from '../tables/compile.ts';
import type { LinearSet } from '../explicit/linear-set.ts';
import { exchangeTwo, type Swap } from '../likeness/ordering.ts';
import { forEachMove, sortSlots, type Move } from '../tables/moves.ts';
import type { StateSet } from './state-set.ts';
import type { Row } from '../tables/table.ts';
import { walkerOf, type Turn, type Walker } from '../tables/turns.ts';

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
  /** The state that is kept for a state; tells who is exchanged for that, one after the other. */
  kept(state: Row, tell?: (exchanged: Swap) => void): Row;
}

/** The turns from the initial state to one that state `from` is kept for, and who has gone there, to go on. */
export function wayTo(
  compiled: Compiled,
  searched: Searched,
  from: number,
): { readonly turns: readonly Turn[]; readonly walker: Walker } {
  const { seen, linear, parents, firsts, stopped, kept } = searched;
  const row = compiled.initial.slice();
  const states: number[] = [];
  for (let at = from; at > 0; at = parentOf(at)) states.unshift(at);
  // Who is who is told by the moves so far: it need not be as in the states that were kept.
  const walker = walkerOf(compiled);
  // Exchanged one after the other where the walker is, they make the state that was kept of it.
  let exchanged: readonly Swap[] = [];
  const turns = states.map((state, at) => {
    const wanted = seen.read(state, compiled.initial.slice());
    const turn = goTo(wanted) ?? goAsFrom(states[at - 1] ?? 0, wanted);
    if (!turn) throw new Error('a state that nothing leads to: this is a bug in the explorer');
    return turn;
  });
  return { turns, walker };

  /** By the first move to a state that the `wanted` one is kept for. */
  function goTo(wanted: Row): Turn | undefined {
    return walker.go((move) => {
      const leading = leadsTo(move, walker.row, wanted);
      if (leading) exchanged = leading;
      return leading !== undefined;
    });
  }

  /** By the move that leads there from the state that was kept: of states that are the same but for who is who two may be kept. */
  function goAsFrom(before: number, wanted: Row): Turn | undefined {
    let leading: readonly Swap[] | undefined;
    forEachMove(compiled, seen.read(before, row), (move) => (leading ??= leadsTo(move, row, wanted)));
    exchanged = [...exchanged, ...(leading ?? [])];
    const here = wanted.slice();
    for (const one of exchanged.toReversed()) exchangeTwo(one, compiled, here);
    if (exchanged.length > 0) sortSlots(compiled, here);
    return walker.go(({ failure }) => !failure && isSame(walker.row, here));
  }

  /** Who is exchanged then, if the move leads there. */
  function leadsTo({ failure }: Move, after: Row, wanted: Row): readonly Swap[] | undefined {
    if (failure) return undefined;
    const swaps: Swap[] = [];
    const state = kept(after, (one) => swaps.push(one));
    return isSame(state, wanted) ? swaps : undefined;
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
    forEachMove(compiled, seen.read(before, row), (move) => (does ||= leadsTo(move, row, wanted) !== undefined));
    return does;
  }
}

function isSame(one: Row, other: Row): boolean {
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
