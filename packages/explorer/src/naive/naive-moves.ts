import { chargedWith, OutOfRange, replay, WAIT, type Happening, type Operation, type System } from '@busward/core';
import { initialIndices, openState, type Indices } from './plain.ts';

/*
 * What the generators themselves do next, a place being the outcomes that an operation has seen so far. No tables, no
 * merging, no packing, and nothing shared with the searches. Slow, and meant to be believed by reading it.
 */

export interface NaiveState {
  readonly cells: Indices;
  readonly slots: readonly Slot[];
}

/** Between operations with what may come next ('any': the whole menu, for ever), or in one. */
type Slot = {
  readonly next: 'any' | readonly Operation[];
  readonly running?: { readonly operation: Operation; readonly seen: readonly Taken[] };
};
type Taken = { readonly key: string; readonly outcome: unknown };

export interface NaiveMove {
  readonly slot: number;
  readonly operation: Operation;
  readonly to: NaiveState | 'out of range';
  /** Devices that take part if it goes out of range. */
  readonly charged: readonly string[];
  readonly events: readonly Happening[];
  /** Of the operation, if this ends it: an errno, 'skip', 'crash'. */
  readonly result?: string;
}

/** Everybody is still to begin, on the machine as it is at the start or in the state given. */
export const beginning = (system: System, cells: Indices = initialIndices(system)): NaiveState =>
  sorted(system, {
    cells,
    slots:
      system.clients.kind === 'open'
        ? Array.from({ length: system.clients.inFlight }, () => ({ next: 'any' }) as const)
        : system.clients.actors.map((list) => ({ next: list })),
  });

/** Every transition out of a state; interchangeable slots that are alike move once. */
export function* movesFrom(system: System, state: NaiveState): Generator<NaiveMove> {
  for (const [slot, { next, running }] of state.slots.entries()) {
    const before = state.slots[slot - 1];
    const alike =
      system.clients.kind === 'open' && before && JSON.stringify(before) === JSON.stringify(state.slots[slot]);
    if (alike) continue;
    const moved = (to: Slot, cells: Indices = state.cells): NaiveState =>
      sorted(system, { cells, slots: state.slots.map((one, at) => (at === slot ? to : one)) });
    const still = { slot, charged: [], events: [] } as const;
    if (running) yield* step(running.operation, running.seen, next);
    else if (next === 'any') {
      for (const operation of system.clients.kind === 'open' ? system.clients.menu : [])
        if (isPossible(operation)) yield* step(operation, [], next);
    } else
      for (const operation of next.slice(0, 1))
        if (isPossible(operation)) yield* step(operation, [], next.slice(1));
        else yield { ...still, operation, to: moved({ next: next.slice(1) }), result: 'skip' };

    /** The next step of an operation, if it does not wait; it starts with its first. */
    function* step(operation: Operation, seen: readonly Taken[], then: Slot['next']): Generator<NaiveMove> {
      const here = replay(() => system.program(operation), seen, operation.do);
      if (here.kind === 'throws') throw here.error;
      if (here.kind === 'done')
        return yield { ...still, operation, to: moved({ next: then }), result: String(here.result) };
      const charged = chargedWith(system.kernel.machine, operation);
      const { cells, indices, events } = openState(state.cells);
      try {
        const outcome = here.atom.run(cells);
        if (outcome === WAIT) return;
        const longer = [...seen, { key: here.atom.key, outcome }];
        const under = { next: then, running: { operation, seen: longer } };
        const move = { slot, operation, charged, events };
        if (events.some(({ kind }) => kind === 'crashed'))
          return yield { ...move, to: moved(under, indices), result: 'crash' };
        const after = replay(() => system.program(operation), longer, operation.do);
        if (after.kind === 'throws') throw after.error;
        if (after.kind === 'step') yield { ...move, to: moved(under, indices) };
        else yield { ...move, to: moved({ next: then }, indices), result: String(after.result) };
      } catch (error) {
        if (!(error instanceof OutOfRange)) throw error;
        yield { slot, operation, charged, to: 'out of range', events };
      }
    }
  }

  function isPossible(operation: Operation): boolean {
    return system.possible(operation).holds(openState(state.cells).cells);
  }
}

/** Whether nothing but what moves in that slot is under way. */
export const movesAlone = ({ slots }: NaiveState, slot: number): boolean =>
  slots.every((one, at) => at === slot || !one.running);

export const keyOf = ({ cells, slots }: NaiveState): string => JSON.stringify([cells, slots]);

function sorted({ clients }: System, state: NaiveState): NaiveState {
  if (clients.kind === 'actors') return state;
  return { ...state, slots: state.slots.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) };
}
