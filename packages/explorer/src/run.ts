import {
  describeOperation,
  replay,
  WAIT,
  type Happening,
  type Operation,
  type Principle,
  type System,
} from '@busward/core';
import { brokenAtEvents, brokenInState, initialIndices, openState, type Indices } from './plain.ts';

/** What became of one operation of a run. */
export interface Ran {
  readonly operation: Operation;
  /** An errno; 'blocked' if it never returned; 'crash'; 'skip' if it could not be attempted. */
  readonly result: string;
  /** The operation (from 0) during which it returned, if it had to wait for that one. */
  readonly completedBy?: number;
}

export interface Run {
  readonly ran: readonly Ran[];
  /** What the kernel said: WARNs and BUGs. */
  readonly log: readonly string[];
  /** Principles that were broken on the way, by id. */
  readonly broken: readonly string[];
  /** The value of a variable at the end, by its name. */
  value(cell: string): unknown;
}

/**
 * Runs operations one after the other, each to its end or until it blocks; a blocked one goes on as soon as it can.
 * Runs the generators themselves. Ends early when the machine crashes.
 */
export function run(system: System, operations: readonly Operation[], principles: readonly Principle[]): Run {
  let state: Indices = initialIndices(system);
  let crashed = false;
  const results: { result: string; completedBy?: number }[] = [];
  const waiting: { readonly at: number; readonly seen: Taken[] }[] = [];
  const log: string[] = [];
  const broken = new Set<string>();

  for (const [at, operation] of operations.entries()) {
    if (crashed) break;
    if (!system.possible(operation).holds(openState(state).cells)) {
      results[at] = { result: 'skip' };
      continue;
    }
    results[at] = { result: 'blocked' };
    waiting.push({ at, seen: [] });
    for (let moved = true; moved && !crashed;) {
      moved = false;
      for (const one of [...waiting].toReversed()) moved = advance(one, at) || moved;
    }
  }
  return {
    ran: results.map((result, at) => ({ operation: operations[at]!, ...result })),
    log,
    broken: [...broken],
    value(cell) {
      const found = system.cells.find((one) => one.name === cell);
      if (!found) throw new Error(`no variable '${cell}'; there are ${system.cells.map((one) => one.name).join(', ')}`);
      return found.values[state[found.id]!];
    },
  };

  /** Takes the operation as far as it goes. Says whether it did anything. */
  function advance(one: (typeof waiting)[number], now: number): boolean {
    const operation = operations[one.at]!;
    for (let moved = false; ; moved = true) {
      const here = replay(() => system.program(operation), one.seen, describeOperation(operation));
      if (here.kind === 'throws') throw here.error;
      if (here.kind === 'done') {
        waiting.splice(waiting.indexOf(one), 1);
        results[one.at] = { result: String(here.result), ...(now !== one.at && { completedBy: now }) };
        return true;
      }
      const { cells, indices, events } = openState(state);
      const outcome = here.atom.run(cells);
      if (outcome === WAIT) return moved;
      state = indices;
      one.seen.push({ key: here.atom.key, outcome });
      judge(events);
      if (!events.some((event) => event.kind === 'crashed')) continue;
      crashed = true;
      results[one.at] = { result: 'crash' };
      return true;
    }
  }

  function judge(events: readonly Happening[]): void {
    for (const event of events) if (event.kind === 'warned' || event.kind === 'crashed') log.push(event.text);
    for (const { principle } of brokenInState(system, principles, state)) broken.add(principle.id);
    for (const { principle } of brokenAtEvents(system, principles, state, events, waiting.length === 1))
      broken.add(principle.id);
  }
}

interface Taken {
  readonly key: string;
  readonly outcome: unknown;
}
