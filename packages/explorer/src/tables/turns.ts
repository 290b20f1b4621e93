import type { Compiled } from './compile.ts';
import { forEachMove, type Move } from './moves.ts';
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
interface TurnKeeper {
  /** Which turn a move out of the current state is. */
  turnOf(move: Move): Turn;
  /** The move was taken; `after` is the state it led to. */
  take(move: Move, after: Row): void;
}

/** Goes a path from the initial state. */
export interface Walker {
  /** The state it has come to; while a move is looked at, the one after that. */
  readonly row: Row;
  /** Takes the first move that is wanted, and says whose turn it was; nothing if there is none. One that fails is the last. */
  go(isWanted: (move: Move, turn: Turn) => boolean): Turn | undefined;
}

export const isSameTurn = (a: Turn, b: Turn): boolean => a.lane === b.lane && a.start === b.start;

export function walkerOf(compiled: Compiled): Walker {
  const keeper = turnKeeper(compiled);
  const row = compiled.initial.slice();
  return {
    row,
    go(isWanted) {
      let turn: Turn | undefined;
      let after: Row | undefined;
      forEachMove(compiled, row, (move) => {
        if (turn) return;
        const its = keeper.turnOf(move);
        if (!isWanted(move, its)) return;
        turn = its;
        if (move.failure) return;
        keeper.take(move, row);
        after = row.slice();
      });
      if (after) row.set(after);
      return turn;
    },
  };
}

function turnKeeper({ cells, slots, symmetric }: Compiled): TurnKeeper {
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
