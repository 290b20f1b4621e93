import { begin, describeOperation, principles, WAIT, type Operation, type System } from '@busward/core';
import { brokenInState } from '../src/naive/plain.ts';
import { openState, type Indices } from '@busward/explorer';

/** Runs operations step by step, in the order that a test says. */
export function stepping(system: System) {
  let state: Indices = system.cells.map(({ values, initial }) => values.indexOf(initial));
  const broken = new Set<string>();
  const log: string[] = [];
  return {
    log,
    /** Principles that were broken in a state on the way, by id. */
    broken: (): readonly string[] => [...broken],
    value: (name: string): unknown => {
      const cell = system.cells.find((one) => one.name === name)!;
      return cell.values[state[cell.id]!];
    },
    /** Each call of what it returns goes on to before the step `until`, or to the end, and says the result. */
    start(operation: Operation): (until?: string) => string {
      const program = begin(() => system.program(operation), describeOperation(operation));
      let here = program.go(undefined);
      return (until) => {
        while (here.kind === 'step') {
          if (here.atom.name === until) return `before ${until}`;
          const { cells, indices, events } = openState(state);
          const outcome = here.atom.run(cells);
          if (outcome === WAIT) return 'waits';
          state = indices;
          for (const event of events) if (event.kind === 'warned') log.push(event.text);
          for (const { principle } of brokenInState(system, principles, state)) broken.add(principle.id);
          here = program.go(outcome);
        }
        if (here.kind === 'throws') throw here.error;
        return String(here.result);
      };
    },
  };
}
