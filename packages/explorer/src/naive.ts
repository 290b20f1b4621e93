import {
  ghostsOf,
  OutOfRange,
  replay,
  WAIT,
  type Cells,
  type Happening,
  type Operation,
  type Principle,
  type System,
} from '@busward/core';

/*
 * The oracle: runs the generators themselves, a place being the outcomes that an operation has seen so far. No tables,
 * no merging, no packing, and nothing shared with the search. Slow, and meant to be believed by reading it.
 */

export interface NaiveResult {
  readonly states: number;
  readonly transitions: number;
  /** `P1 B` -> steps of a shortest way to break it. */
  readonly violations: ReadonlyMap<string, number>;
  /** From each state, where its transitions lead. */
  readonly edges: ReadonlyMap<string, readonly { readonly label: string; readonly to: string }[]>;
}

interface State {
  /** The index of each cell's value. */
  readonly cells: readonly number[];
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
  readonly label: string;
  readonly to: State | 'out of range';
  readonly device: string;
  readonly events: readonly Happening[];
}

export function exploreNaively(system: System, principles: readonly Principle[]): NaiveResult {
  const { clients, kernel } = system;
  const edges = new Map<string, { label: string; to: string }[]>();
  const violations = new Map<string, number>();
  const breaks = (id: string, device: string, steps: number): void => {
    if (!violations.has(`${id} ${device}`)) violations.set(`${id} ${device}`, steps);
  };
  const judged = principles.filter((principle) => kernel.strategy.counts || !principle.needsCount);
  const initial = sorted({
    cells: system.cells.map((cell) => cell.values.indexOf(cell.initial)),
    slots:
      clients.kind === 'open'
        ? Array.from({ length: clients.inFlight }, () => ({ next: 'any' }) as const)
        : clients.actors.map((list) => ({ next: list })),
  });
  judgeState(initial, 0);
  const seen = new Set([keyOf(initial)]);
  let transitions = 0;
  for (let layer = [initial], steps = 1; layer.length > 0; steps++) {
    const next: State[] = [];
    for (const state of layer) {
      const from: { label: string; to: string }[] = [];
      edges.set(keyOf(state), from);
      for (const { slot, device, label, to, events } of moves(state)) {
        if (to === 'out of range') {
          breaks('P4', device, steps);
          continue;
        }
        transitions++;
        from.push({ label, to: keyOf(to) });
        judgeEvents(
          to,
          events,
          steps,
          state.slots.every((one, at) => at === slot || !one.running),
        );
        if (seen.has(keyOf(to))) continue;
        seen.add(keyOf(to));
        judgeState(to, steps);
        if (!events.some((event) => event.kind === 'crashed')) next.push(to);
      }
    }
    layer = next;
  }
  return { states: seen.size, transitions, violations, edges };

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
          if (system.possible(operation).holds(access(state.cells, []).cells))
            yield* step(operation, [], next === 'any' ? next : next.slice(1));
      } else yield* step(running.operation, running.seen, next);

      /** The next step of an operation, if it does not wait; it starts with its first. */
      function* step(operation: Operation, history: readonly Taken[], then: Todo): Generator<Move> {
        const here = replay(() => system.program(operation), history, operation.do);
        if (here.kind !== 'step') throw new Error('a slot never rests where its program has ended');
        const events: Happening[] = [];
        const device = 'device' in operation ? operation.device : '';
        const { cells, indices } = access(state.cells, events);
        try {
          const outcome = here.atom.run(cells);
          if (outcome === WAIT) return;
          const longer = [...history, { key: here.atom.key, outcome }];
          const crashed = events.some((event) => event.kind === 'crashed');
          const to = crashed ? { next: then, running: { operation, seen: longer } } : settled(operation, longer, then);
          yield { slot, device, label: `${here.atom.key} ${nameOf(outcome)}`, to: moved(to, indices), events };
        } catch (error) {
          if (!(error instanceof OutOfRange)) throw error;
          yield { slot, device, label: here.atom.key, to: 'out of range', events };
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

  function access(
    state: readonly number[],
    events: Happening[],
  ): { readonly cells: Cells; readonly indices: number[] } {
    const indices = [...state];
    return {
      indices,
      cells: {
        get: (cell) => cell.values[indices[cell.id]!]!,
        set(cell, value) {
          const index = cell.values.indexOf(value);
          if (index < 0) throw new OutOfRange(cell, value);
          indices[cell.id] = index;
        },
        emit: (event) => void events.push(event),
      },
    };
  }

  function judgeState(state: State, steps: number): void {
    const { cells } = access(state.cells, []);
    for (const { id, states } of judged)
      for (const group of kernel.machine.groups)
        for (const device of states?.(ghostsOf(kernel, cells, group)) ?? []) breaks(id, device.name, steps);
  }

  function judgeEvents(state: State, events: readonly Happening[], steps: number, alone: boolean): void {
    const { cells } = access(state.cells, []);
    const of = (group: string) => ghostsOf(kernel, cells, group);
    const { devices } = kernel.machine;
    const groupOf = (name: string) => {
      const group = devices.find((one) => one.name === name)?.group;
      return group === undefined ? undefined : of(group);
    };
    for (const event of events)
      for (const { id, events: judges } of judged)
        for (const device of judges?.[event.kind]?.(event as never, { devices, of, groupOf, alone }) ?? [])
          breaks(id, device.name, steps);
  }

  function sorted(state: State): State {
    if (clients.kind === 'actors') return state;
    return { ...state, slots: state.slots.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) };
  }
}

const keyOf = ({ cells, slots }: State): string => JSON.stringify([cells, slots]);

const nameOf = (outcome: unknown): string =>
  typeof outcome === 'object' && outcome !== null && 'name' in outcome ? String(outcome.name) : String(outcome);
