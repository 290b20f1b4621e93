import { replay, WAIT, type Cell, type Operation, type System } from '@busward/core';

/** One machine, and what operations do to it, one after the other. */
export function follower(system: System): {
  /** The names of all kernel calls of the operation, in order, and its result. */
  calls(operation: Operation): readonly string[];
  value(cell: string): unknown;
} {
  const state = new Map<Cell, unknown>(system.cells.map((cell) => [cell, cell.initial]));
  return {
    calls(operation) {
      const names: string[] = [];
      const seen: { key: string; outcome: unknown }[] = [];
      for (;;) {
        const here = replay(() => system.program(operation), seen, operation.do);
        if (here.kind === 'throws') throw here.error;
        names.push(...here.notes);
        if (here.kind === 'done') return [...names, `= ${String(here.result)}`];
        names.push(here.atom.name);
        const outcome = here.atom.run({
          get: <T>(cell: Cell<T>) => state.get(cell) as T,
          set: (cell, value) => void state.set(cell, value),
          emit: () => {},
        });
        if (outcome === WAIT) return [...names, '= blocked'];
        seen.push({ key: here.atom.key, outcome });
      }
    },
    value: (name) => state.get(system.cells.find((cell) => cell.name === name)!),
  };
}
