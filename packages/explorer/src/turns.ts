import type { Compiled } from './compile.ts';
import type { Move } from './moves.ts';
import type { Row } from './table.ts';

/**
 * One transition of a path, told by who moves. Interchangeable slots have no identity, so operations are numbered in
 * order of their start; `start` says which one starts: its place in the menu, or whose turn it is.
 */
export interface Turn {
  readonly lane: number;
  readonly start?: number;
}

/** Follows operations through the slots of one path. */
export interface TurnKeeper {
  /** Which turn a move out of the current state is. */
  turnOf(move: Move): Turn;
  /** The move was taken; `after` is the state it led to. */
  take(move: Move, after: Row): void;
}

export function turnKeeper({ cells, slots, symmetric }: Compiled): TurnKeeper {
  const laneOf: number[] = Array.from({ length: slots }, () => -1);
  let started = 0;
  return {
    turnOf: ({ start, slot, choice }) =>
      start ? { lane: started, start: symmetric ? choice : slot + choice * slots } : { lane: laneOf[slot]! },
    take(move, after) {
      const lane = move.start ? started++ : laneOf[move.slot]!;
      laneOf.splice(move.slot, 1);
      laneOf.splice(newPlace(move, after), 0, lane);
    },
  };

  /** Interchangeable slots: the moved one was put back where its new value belongs, those in between moved by one. */
  function newPlace(move: Move, after: Row): number {
    const value = move.at.next[move.outcome]?.to;
    if (!symmetric || value === undefined) return move.slot;
    let to = 0;
    while (to < slots - 1 && after[cells.length + to] !== value) to++;
    return to;
  }
}
