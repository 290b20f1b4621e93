import {
  chargedWith,
  OutOfRange,
  replay,
  WAIT,
  type Happening,
  type Operation,
  type Principle,
  type System,
} from '@busward/core';
import type { Limits } from './explore.ts';
import { brokenAtEvents, brokenInState, initialIndices, openState, type Indices } from './plain.ts';
import { finished, type Watched } from './watched.ts';

/*
 * The oracle: runs the generators themselves, a place being the outcomes that an operation has seen so far. No tables,
 * no merging, no packing, and nothing shared with the search. Slow, and meant to be believed by reading it.
 */

export interface NaiveResult {
  readonly states: number;
  readonly transitions: number;
  /** `P1 B` -> steps of a shortest way to break it. */
  readonly violations: ReadonlyMap<string, number>;
  /** Why it was stopped before all was seen. */
  readonly stoppedBy?: string;
}

interface State {
  readonly cells: Indices;
  readonly slots: readonly Slot[];
}

/** Between operations with what may come next ('any': the whole menu, for ever), or in one. */
type Slot = {
  readonly next: Todo;
  readonly running?: { readonly operation: Operation; readonly seen: readonly Taken[] };
};
type Todo = 'any' | readonly Operation[];
type Taken = { readonly key: string; readonly outcome: unknown };

interface Move {
  readonly slot: number;
  readonly to: State | 'out of range';
  /** Devices that take part if it goes out of range. */
  readonly charged: readonly string[];
  readonly events: readonly Happening[];
}

export const exploreNaively = (system: System, principles: readonly Principle[]): NaiveResult =>
  finished(exploringNaively(system, principles, { maxStates: Infinity }));

/** {@link exploreNaively} in parts; what it has not seen when it is stopped is not known. */
export function* exploringNaively(
  system: System,
  principles: readonly Principle[],
  { maxStates }: Limits,
): Watched<NaiveResult> {
  const { clients } = system;
  const violations = new Map<string, number>();
  const breaks = (id: string, device: string, steps: number): void => {
    if (!violations.has(`${id} ${device}`)) violations.set(`${id} ${device}`, steps);
  };
  const initial = sorted({
    cells: initialIndices(system),
    slots:
      clients.kind === 'open'
        ? Array.from({ length: clients.inFlight }, () => ({ next: 'any' }) as const)
        : clients.actors.map((list) => ({ next: list })),
  });
  for (const { principle, device } of brokenInState(system, principles, initial.cells)) breaks(principle.id, device, 0);
  const seen = new Set([keyOf(initial)]);
  let transitions = 0;
  for (let layer = [initial], steps = 1; layer.length > 0; steps++) {
    const next: State[] = [];
    for (const [number, state] of layer.entries()) {
      const stop =
        number % BETWEEN_NAIVE === 0 ? yield { states: seen.size, transitions, depth: steps - 1, bytes: 0 } : undefined;
      const atLimit = seen.size > maxStates ? `after ${maxStates.toLocaleString('en')} states` : undefined;
      const stoppedBy = stop ?? atLimit;
      if (stoppedBy !== undefined) return { states: seen.size, transitions, violations, stoppedBy };
      for (const { slot, charged, to, events } of moves(state)) {
        if (to === 'out of range') {
          for (const device of charged) breaks('P4', device, steps);
          continue;
        }
        transitions++;
        const alone = state.slots.every((one, at) => at === slot || !one.running);
        for (const { principle, device: by } of brokenAtEvents(system, principles, to.cells, events, alone))
          breaks(principle.id, by, steps);
        if (seen.has(keyOf(to))) continue;
        seen.add(keyOf(to));
        for (const { principle, device: by } of brokenInState(system, principles, to.cells))
          breaks(principle.id, by, steps);
        if (!events.some((event) => event.kind === 'crashed')) next.push(to);
      }
    }
    layer = next;
  }
  return { states: seen.size, transitions, violations };

  function* moves(state: State): Generator<Move> {
    for (const [slot, { next, running }] of state.slots.entries()) {
      const alike =
        clients.kind === 'open' &&
        slot > 0 &&
        JSON.stringify(state.slots[slot - 1]) === JSON.stringify(state.slots[slot]);
      if (alike) continue;
      const moved = (to: Slot, cells: readonly number[] = state.cells): State =>
        sorted({ cells, slots: state.slots.map((one, at) => (at === slot ? to : one)) });
      if (!running) {
        const menu =
          clients.kind === 'open' && next === 'any' ? clients.menu : (next as readonly Operation[]).slice(0, 1);
        for (const operation of menu)
          if (system.possible(operation).holds(openState(state.cells).cells))
            yield* step(operation, [], next === 'any' ? next : next.slice(1));
          else if (next !== 'any') yield { slot, charged: [], to: moved({ next: next.slice(1) }), events: [] };
      } else yield* step(running.operation, running.seen, next);

      /** The next step of an operation, if it does not wait; it starts with its first. */
      function* step(operation: Operation, history: readonly Taken[], then: Todo): Generator<Move> {
        const here = replay(() => system.program(operation), history, operation.do);
        if (here.kind === 'throws') throw here.error;
        if (here.kind === 'done') return yield { slot, charged: [], to: moved({ next: then }), events: [] };
        const charged = chargedWith(system.kernel.machine, operation);
        const { cells, indices, events } = openState(state.cells);
        try {
          const outcome = here.atom.run(cells);
          if (outcome === WAIT) return;
          const longer = [...history, { key: here.atom.key, outcome }];
          const crashed = events.some((event) => event.kind === 'crashed');
          const to = crashed ? { next: then, running: { operation, seen: longer } } : settled(operation, longer, then);
          yield { slot, charged, to: moved(to, indices), events };
        } catch (error) {
          if (!(error instanceof OutOfRange)) throw error;
          yield { slot, charged, to: 'out of range', events };
        }
      }
    }
  }

  /** The slot after `seen`: in the operation, or past its end. */
  function settled(operation: Operation, history: readonly Taken[], next: Todo): Slot {
    const here = replay(() => system.program(operation), history, operation.do);
    if (here.kind === 'throws') throw here.error;
    return here.kind === 'done' ? { next } : { next, running: { operation, seen: history } };
  }

  function sorted(state: State): State {
    if (clients.kind === 'actors') return state;
    return { ...state, slots: state.slots.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) };
  }
}

/** States between two reports. */
const BETWEEN_NAIVE = 100;

const keyOf = ({ cells, slots }: State): string => JSON.stringify([cells, slots]);
