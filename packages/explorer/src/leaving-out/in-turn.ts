import type { Happening } from '@busward/core';
import type { Asked, Entry, Row, Situation, Table } from '../tables/table.ts';
import type { Side } from './glued.ts';

/** Steps that are taken one after another from a state, on their tables, and what is known of all of them together. */
export interface InTurn {
  /** The state by now. */
  readonly row: Row;
  /** What was read of it as it was at first, in this order. */
  readonly reads: readonly number[];
  /** What was written by now, by cell; and by those steps that are not late. */
  readonly written: Written;
  readonly lasting: Written;
  /** What a table says by now. */
  ask<T>(table: Table<T>): Situation<T>;
  /** What a cell says by now, and what it said at first. */
  look(cell: number): number;
  lookBack(cell: number): number;
  take(entry: Entry<unknown>, side: Side): void;
  /** From the state as it was at first, with what is lasting, and nothing else. One at a time. */
  again(): InTurn;
  /** All of it as one step. */
  asOne<T>(result: T, written: Written): Asked<T>;
}

/** Values by cell. */
export type Written = ReadonlyMap<number, number>;

/** `rows` are written on, the second one for what is done again: so there is one at a time. */
export function inTurn(
  first: Row,
  [row, other]: readonly [Row, Row],
  reads: number[] = [],
  before: Written = new Map(),
): InTurn {
  const written = new Map(before);
  const lasting = new Map(before);
  const events: Happening[] = [];
  row.set(first);
  for (const [cell, value] of before) row[cell] = value;
  return { row, reads, written, lasting, ask, look, lookBack, take, again, asOne };

  function ask<T>(table: Table<T>): Situation<T> {
    const here = table.asked(row);
    for (const cell of here.reads) look(cell);
    return here;
  }

  function look(cell: number): number {
    return written.get(cell) ?? lookBack(cell);
  }

  function lookBack(cell: number): number {
    if (!reads.includes(cell)) reads.push(cell);
    return first[cell]!;
  }

  function take({ writes, events: said }: Entry<unknown>, side: Side): void {
    for (let at = 0; at < writes.length; at += 2) {
      const [cell, value] = [writes[at]!, writes[at + 1]!];
      row[cell] = value;
      written.set(cell, value);
      if (side === 'early') lasting.set(cell, value);
    }
    if (said.length > 0) events.push(...said);
  }

  function again(): InTurn {
    return inTurn(first, [other, row], reads, lasting);
  }

  function asOne<T>(result: T, all: Written): Asked<T> {
    return { reads, entry: { result, writes: [...all].flat(), events } };
  }
}
