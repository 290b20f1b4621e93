import type { Machine, Operation } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import type { Move } from '../tables/moves.ts';
import { straighten } from './straighten.ts';
import type { Row } from '../tables/table.ts';
import { isSameTurn, walkerOf, type Turn } from '../tables/turns.ts';
import { valueText } from '../tables/value-text.ts';

/** A path from the initial state, step by step. */
export interface Witness {
  readonly machine: Machine;
  readonly steps: readonly WitnessStep[];
}

export interface WitnessStep {
  /** Numbers the operation instances of the witness, in order of start: one lane each. */
  readonly lane: number;
  readonly operation: Operation;
  /** This is the operation's first step. */
  readonly starts: boolean;
  /** The kernel function, and those passed on the way to it and after it. */
  readonly call: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** What the step decided, where it could decide. */
  readonly outcome?: string;
  /** The operation's result, if this ended it. */
  readonly result?: string;
  readonly changes: readonly { readonly cell: string; readonly from: string; readonly to: string }[];
  readonly happenings: readonly string[];
}

/** Follows a path of an exploration, of this system or of one with the same tables, and tells it step by step. */
export const witnessOf = (compiled: Compiled, path: readonly Turn[]): Witness =>
  witnessAlong(compiled, straighten(compiled, path));

/** The same with the turns in the order given. */
export function witnessAlong(compiled: Compiled, path: readonly Turn[]): Witness {
  const walker = walkerOf(compiled);
  const steps = path.map((turn) => {
    const before = walker.row.slice();
    let step: WitnessStep | undefined;
    walker.go((move, its) => {
      if (!isSameTurn(its, turn)) return false;
      step = describe(compiled, turn.lane, move, before, walker.row);
      return true;
    });
    if (!step) throw new Error('the path does not fit the tables: this is a bug in the explorer');
    return step;
  });
  return { machine: compiled.system.kernel.machine, steps };
}

function describe(compiled: Compiled, lane: number, move: Move, before: Row, after: Row): WitnessStep {
  const { at } = move;
  const next = move.failure ? undefined : at.next[move.outcome];
  const result = next?.result;
  return {
    lane,
    operation: at.operation,
    starts: move.start !== undefined,
    call: at.name,
    before: at.notes,
    after: next?.notes ?? [],
    ...(at.next.length > 1 && next && { outcome: valueText(next.outcome) }),
    ...(result !== undefined && { result }),
    changes: compiled.cells.flatMap((cell) => {
      const [from, to] = [before[cell.id]!, after[cell.id]!];
      return from === to
        ? []
        : [{ cell: cell.name, from: valueText(cell.values[from]), to: valueText(cell.values[to]) }];
    }),
    happenings: [
      ...move.events.flatMap((event) => (event.kind === 'warned' || event.kind === 'crashed' ? [event.text] : [])),
      ...(move.failure ? [move.failure.message] : []),
    ],
  };
}
