import type { Operation, Principle, System } from '@busward/core';
import { interpreter, isLast } from './interpreter.ts';
import { applying, brokenAtEvents, brokenInState, openState } from './plain.ts';

/** What became of one operation of a run. */
export interface Ran {
  readonly operation: Operation;
  /** An errno; 'blocked' if it never returned; 'crash'; 'out of range'; 'skip' if it could not be attempted. */
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
 * Runs the generators themselves. Ends early when the machine crashes, or a count leaves its range: that breaks P4.
 */
export function run(system: System, operations: readonly Operation[], principles: readonly Principle[]): Run {
  const results: { result: string; completedBy?: number }[] = [];
  const log: string[] = [];
  const broken = new Set<string>();
  const machine = interpreter(system, ({ state, events, underWay }) => {
    for (const event of events) if (event.kind === 'warned' || event.kind === 'crashed') log.push(event.text);
    for (const { principle } of brokenInState(system, principles, state)) broken.add(principle.id);
    for (const { principle } of brokenAtEvents(system, principles, state, events, underWay === 1))
      broken.add(principle.id);
  });
  const counting = applying(system, principles).filter(({ id }) => id === 'P4');
  const startedAs: number[] = [];
  for (const [at, operation] of operations.entries()) {
    if (!system.possible(operation).holds(openState(machine.state()).cells)) {
      results[at] = { result: 'skip' };
      continue;
    }
    startedAs.push(at);
    const { result, completed } = machine.start(operation);
    results[at] = { result };
    for (const one of completed) results[startedAs[one.at]!] = { result: one.result, completedBy: at };
    const all = [result, ...completed.map((one) => one.result)];
    if (all.includes('out of range')) for (const { id } of counting) broken.add(id);
    if (all.some(isLast)) break;
  }
  return {
    ran: results.map((result, at) => ({ operation: operations[at]!, ...result })),
    log,
    broken: [...broken],
    value(cell) {
      const found = system.cells.find((one) => one.name === cell);
      if (!found) throw new Error(`no variable '${cell}'; there are ${system.cells.map((one) => one.name).join(', ')}`);
      return found.values[machine.state()[found.id]!];
    },
  };
}
