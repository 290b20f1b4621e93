import {
  begin,
  describeOperation,
  OutOfRange,
  WAIT,
  type Atom,
  type Cells,
  type Happening,
  type Operation,
  type Run,
  type Standing,
  type System,
} from '@busward/core';
import { initialIndices, openState, type Indices } from './plain.ts';

/** What starting one operation led to. */
export interface Progress {
  /** An errno; 'blocked' if it has not returned; 'crash'; 'out of range', which breaks P4 and is not followed. */
  readonly result: string;
  /** Earlier operations, counted from 0, that returned meanwhile. */
  readonly completed: readonly { readonly at: number; readonly result: string }[];
}

/** One step that was taken. */
export interface Taken {
  readonly operation: Operation;
  readonly step: string;
  readonly outcome: unknown;
  /** The state it led to, and what it said. */
  readonly state: Indices;
  readonly events: readonly Happening[];
  /** How many operations were under way, this one included. */
  readonly underWay: number;
}

export type Watch = (taken: Taken) => void;

/** Nothing goes on after it. */
export const isLast = (result: string): boolean => result === 'crash' || result === 'out of range';

export interface Interpreter {
  /** Starts an operation; it and those that are blocked go as far as they can. Not to be called after what {@link isLast}. */
  start(operation: Operation): Progress;
  state(): Indices;
  /** The driver that sysfs shows for the device: linked before its probe, unlinked before its removal. */
  link(device: string): string | undefined;
}

/** Runs the generators themselves, one operation after the other, each to its end or until it blocks. */
export function interpreter(
  system: System,
  watch: Watch = () => {},
  from: Indices = initialIndices(system),
): Interpreter {
  let state = from;
  let started = 0;
  const underWay: UnderWay[] = [];
  const links = new Map<string, string | undefined>();

  return {
    start(operation) {
      const program = begin(() => system.program(operation), describeOperation(operation));
      const me: UnderWay = { at: started++, operation, program, here: { kind: 'done', notes: [], result: undefined } };
      underWay.push(me);
      goOn(me, undefined);
      const returned: { at: number; result: string }[] = [];
      let moved = advance(me, returned);
      while (moved && !returned.some(({ result }) => isLast(result))) {
        moved = false;
        // Whoever waits longest goes first, as a mutex lets them.
        for (const one of underWay.slice()) moved = advance(one, returned) || moved;
      }
      return {
        result: returned.find(({ at }) => at === me.at)?.result ?? 'blocked',
        completed: returned.filter(({ at }) => at !== me.at).toSorted((a, b) => a.at - b.at),
      };
    },
    state: () => state,
    link: (device) => links.get(device),
  };

  /** Takes the operation as far as it goes. Says whether it did anything. */
  function advance(one: UnderWay, returned: { at: number; result: string }[]): boolean {
    for (let moved = false; ; moved = true) {
      const { here } = one;
      if (here.kind === 'throws') throw here.error;
      if (here.kind === 'done') return end(String(here.result));
      const { cells, indices, events } = openState(state);
      const outcome = outcomeOf(here.atom, cells);
      if (outcome === WAIT) return moved;
      if (outcome === 'out of range') return end(outcome);
      state = indices;
      watch({ operation: one.operation, step: here.atom.name, outcome, state, events, underWay: underWay.length });
      if (events.some((event) => event.kind === 'crashed')) return end('crash');
      goOn(one, outcome);
    }

    function end(result: string): true {
      underWay.splice(underWay.indexOf(one), 1);
      returned.push({ at: one.at, result });
      return true;
    }
  }

  function goOn(one: UnderWay, outcome: unknown): void {
    one.here = one.program.go(outcome);
    if (one.here.kind !== 'throws') one.here.notes.forEach((note) => relink(note, one.operation));
  }

  function relink(note: string, operation: Operation): void {
    if (!('device' in operation)) return;
    if (note === 'driver_sysfs_add' && 'driver' in operation) links.set(operation.device, operation.driver);
    if (note === 'driver_sysfs_remove') links.delete(operation.device);
  }
}

function outcomeOf(atom: Atom, cells: Cells): unknown {
  try {
    return atom.run(cells);
  } catch (error) {
    if (error instanceof OutOfRange) return 'out of range';
    throw error;
  }
}

interface UnderWay {
  readonly at: number;
  readonly operation: Operation;
  readonly program: Run;
  here: Standing;
}
