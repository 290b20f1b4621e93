import {
  assemble,
  menuOf,
  unfold,
  type Bus,
  type Cell,
  type Machine,
  type Place,
  type Strategy,
  type System,
} from '@busward/core';
import { groupBy } from './group-by.ts';

/** A part of a machine that does nothing to the rest, and nothing is done to it. */
export interface Part {
  readonly machine: Machine;
}

/**
 * Splits a machine into parts that share no variable: two groups stay together if one operation can touch cells of
 * both, under any of the strategies. A bus makes its groups depend on each other only by a refinement that names
 * devices of another group. What is true of a part is then true of it in the whole machine.
 */
export function partsOf(machine: Machine, buses: readonly Bus[], strategies: readonly Strategy[]): readonly Part[] {
  const home = new Map(machine.devices.map((device) => [device.name, device.group ?? `alone: ${device.name}`]));
  const joined = new Map([...new Set(home.values())].map((name) => [name, name]));
  const top = (name: string): string => (joined.get(name) === name ? name : top(joined.get(name)!));

  for (const strategy of strategies) {
    const system = assemble(machine, strategy, buses, { kind: 'open', inFlight: 1, menu: menuOf(machine) });
    const homeOf = homesOfCells(system, home);
    for (const operation of menuOf(machine)) {
      const touched = new Set<string>();
      collect(
        unfold(() => system.program(operation), operation.do, 'shared'),
        (cell) => touched.add(homeOf.get(cell)!),
      );
      const [first, ...others] = touched;
      for (const other of others) joined.set(top(other), top(first!));
    }
  }
  return [...groupBy(machine.devices, (device) => top(home.get(device.name)!)).values()].map((devices) => ({
    machine: {
      ...machine,
      devices,
      groups: machine.groups.filter((group) => devices.some((device) => device.group === group)),
    },
  }));
}

function homesOfCells({ kernel }: System, home: ReadonlyMap<string, string>): ReadonlyMap<Cell, string> {
  const { layout, machine } = kernel;
  const homes = new Map<Cell, string>();
  const put = (cells: object, at: string): void => {
    for (const cell of Object.values(cells)) homes.set(cell, at);
  };
  for (const device of machine.devices) {
    put(layout.device(device.name), home.get(device.name)!);
    for (const user of machine.users) put(layout.file(user.name, device.name), home.get(device.name)!);
  }
  for (const group of machine.groups) {
    put(layout.group(group), group);
    for (const user of machine.users) put(layout.session(user.name, group), group);
  }
  return homes;
}

function collect(place: Place, see: (cell: Cell) => void, seen = new Set<Place>()): void {
  if (place.kind !== 'step' || seen.has(place)) return;
  seen.add(place);
  place.atom.touches.forEach(see);
  place.next.forEach((next) => collect(next, see, seen));
}
