import { describeOperation, OutOfRange, PluginError, type Happening } from '@busward/core';
import type { At, Compiled, Start } from './compile.ts';
import type { Row } from './table.ts';

/** One transition out of a state: a step of an operation, which is its first if `start` says what starts. */
export interface Move {
  /** Its place among the transitions out of its state. */
  readonly number: number;
  readonly slot: number;
  readonly start: Start | undefined;
  /** The place of `start` in the menu. */
  readonly choice: number;
  readonly at: At;
  /** Which of the step's outcomes. */
  readonly outcome: number;
  /** Cell, value, cell, value, ... */
  readonly writes: readonly number[];
  readonly events: readonly Happening[];
  /** The machine stopped: nothing comes after this. */
  readonly crashed: boolean;
  /** There is no state after this: a cell would leave its range, or the program threw. */
  readonly failure: Error | undefined;
}

/** Some of the transitions out of a state. */
export interface Only {
  readonly starts: readonly Start[];
  /** 1 for each node at which an operation goes on. */
  readonly nodes: Uint8Array;
}

/**
 * Visits every transition out of `row`; while one is visited, `row` is the state after it (before it, if it failed).
 * An operation starts with its first step, so that one which would have to wait for it has not started. Interchangeable
 * slots with the same value move once. With `only`, nothing else is started, or goes on. The move is the same object each time: copy it to keep it.
 */
export function forEachMove(compiled: Compiled, row: Row, visit: (move: Move) => void, only?: Only): void {
  const { nodes, slots, symmetric } = compiled;
  const first = compiled.cells.length;
  const move: { -readonly [K in keyof Move]: Move[K] } = { ...still };
  const before: number[] = [];
  for (let slot = 0; slot < slots; slot++) {
    const value = row[first + slot]!;
    if (symmetric && slot > 0 && row[first + slot - 1] === value) continue;
    const node = nodes[value]!;
    move.slot = slot;
    if (node.kind === 'at') {
      if (only && only.nodes[value] !== 1) continue;
      move.start = undefined;
      step(node, value);
      continue;
    }
    const starts = only?.starts ?? node.starts;
    for (let choice = 0; choice < starts.length; choice++) {
      const start = starts[choice]!;
      if (!start.possible.at(row).result) continue;
      move.start = start;
      move.choice = choice;
      step(start.first, value);
    }
  }

  function step(node: At, value: number): void {
    const { result: outcome, writes, events, failure } = node.table.at(row);
    if (outcome === -1) return;
    const next = failure ? undefined : node.next[outcome];
    move.number++;
    move.at = node;
    move.outcome = outcome;
    move.writes = writes;
    move.events = events;
    move.crashed = events.some(isCrash);
    move.failure = failure ?? next?.error;
    if (move.failure) return visit(move);
    for (let at = 0; at < writes.length; at += 2) {
      before[at] = row[writes[at]!]!;
      row[writes[at]!] = writes[at + 1]!;
    }
    // A step without outcomes is the last thing that happens: its slot stays.
    const to = place(compiled, row, first + move.slot, next?.to ?? value);
    visit(move);
    place(compiled, row, to, value);
    for (let at = 0; at < writes.length; at += 2) row[writes[at]!] = before[at]!;
  }
}

/** Whether no slot but the one that has just moved is in an operation; `row` is the state after it. */
export function isAlone({ cells, nodes, slots }: Compiled, row: Row, { at, outcome }: Move): boolean {
  const next = at.next[outcome];
  let busy = next === undefined || nodes[next.to]!.kind === 'at' ? -1 : 0;
  for (let slot = 0; slot < slots; slot++) if (nodes[row[cells.length + slot]!]!.kind === 'at') busy++;
  return busy === 0;
}

/** A count that leaves its range is judged, and not followed; anything else that throws is the plugin's error. */
export function throwUnlessOutOfRange({ system }: Compiled, { at }: Pick<Move, 'at'>, failure: Error): void {
  if (failure instanceof OutOfRange) return;
  const { name } = system.kernel.strategy;
  throw new PluginError(
    `strategy '${name}', ${describeOperation(at.operation)}: threw '${failure.message}' at ${at.name}`,
  );
}

/** Puts a slot's new value into the row, and says where it went: interchangeable slots are kept in order. */
function place({ cells, slots, symmetric }: Compiled, row: Row, from: number, value: number): number {
  let at = from;
  if (symmetric) {
    const last = cells.length + slots - 1;
    while (at > cells.length && row[at - 1]! > value) row[at] = row[--at]!;
    while (at < last && row[at + 1]! < value) row[at] = row[++at]!;
  }
  row[at] = value;
  return at;
}

/** Puts all slots, which are interchangeable, in order of value. */
export const sortSlots = ({ cells }: Compiled, row: Row): void => sortFrom(cells.length, row);

/** Few are out of order. */
export function sortFrom(first: number, row: Row): void {
  for (let at = first + 1; at < row.length; at++)
    for (let to = at; to > first && row[to - 1]! > row[to]!; to--) {
      const lower = row[to]!;
      row[to] = row[to - 1]!;
      row[to - 1] = lower;
    }
}

const nothing: readonly never[] = [];
const still: Move = {
  number: -1,
  slot: 0,
  start: undefined,
  choice: 0,
  at: undefined as never,
  outcome: 0,
  writes: nothing,
  events: nothing,
  crashed: false,
  failure: undefined,
};
const isCrash = (event: Happening): boolean => event.kind === 'crashed';
