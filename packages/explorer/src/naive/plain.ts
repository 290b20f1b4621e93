import { ghostsOf, OutOfRange, type Cells, type Happening, type Principle, type System } from '@busward/core';

/* States as plain arrays of value indices, for whoever runs generators. */

export type Indices = readonly number[];

export const initialIndices = (system: System): Indices =>
  system.cells.map((cell) => cell.values.indexOf(cell.initial));

/** A copy of the state that a step may write, and what it says meanwhile. */
export function openState(state: Indices): {
  readonly cells: Cells;
  readonly indices: number[];
  readonly events: Happening[];
} {
  const indices = [...state];
  const events: Happening[] = [];
  return {
    indices,
    events,
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

/** A principle, and a device that takes part in breaking it. */
export interface BrokenBy {
  readonly principle: Principle;
  readonly device: string;
}

export function* brokenInState(system: System, principles: readonly Principle[], state: Indices): Generator<BrokenBy> {
  const { cells } = openState(state);
  for (const principle of applying(system, principles))
    for (const group of system.kernel.machine.groups)
      for (const device of principle.states?.(ghostsOf(system.kernel, cells, group)) ?? [])
        yield { principle, device: device.name };
}

export function* brokenAtEvents(
  system: System,
  principles: readonly Principle[],
  state: Indices,
  events: readonly Happening[],
  alone: boolean,
): Generator<BrokenBy> {
  const { cells } = openState(state);
  const { devices } = system.kernel.machine;
  const of = (group: string) => ghostsOf(system.kernel, cells, group);
  const groupOf = (name: string) => {
    const group = devices.find((one) => one.name === name)?.group;
    return group === undefined ? undefined : of(group);
  };
  for (const event of events)
    for (const principle of applying(system, principles)) {
      const judge = principle.events?.[event.kind] as
        ((event: Happening, moment: object) => readonly { name: string }[]) | undefined;
      for (const device of judge?.(event, { devices, of, groupOf, alone }) ?? [])
        yield { principle, device: device.name };
    }
}

/** Those that speak of something that the strategy keeps. */
export const applying = ({ kernel }: System, principles: readonly Principle[]): readonly Principle[] =>
  principles.filter((principle) => kernel.strategy.counts || !principle.needsCount);
