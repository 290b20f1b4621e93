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
import { kindsOf, looksAt, type Kind } from './kinds.ts';
import { groupBy } from '../group-by.ts';
import { represent } from './represent.ts';

/** A part of a machine that does nothing to the rest, and nothing is done to it. */
export interface Part {
  readonly machine: Machine;
  readonly kinds: readonly Kind[];
}

/**
 * Splits a machine into parts that share no variable: two groups stay together if one operation can touch cells of
 * both, under any of the strategies. A bus makes its groups depend on each other only by a refinement that names
 * devices of another group; those are joined first. Then the operations of one part of each shape are unfolded; should
 * one of them reach further, all operations of the machine are. What is true of a part is then true of it in the whole
 * machine. Two of each kind are enough to tell: like devices touch like cells.
 */
export function partsOf(
  machine: Machine,
  kinds: readonly Kind[],
  buses: readonly Bus[],
  strategies: readonly Strategy[],
): readonly Part[] {
  const home = new Map(machine.devices.map((device) => [device.name, device.group ?? `alone: ${device.name}`]));
  const joined = new Map([...new Set(home.values())].map((name) => [name, name]));
  const top = (name: string): string => {
    const above = joined.get(name)!;
    return above === name ? name : top(above);
  };
  const join = (a: string, b: string): void => void joined.set(top(a), top(b));
  for (const device of machine.devices)
    for (const seen of looksAt(device, machine, buses)) join(home.get(device.name)!, home.get(seen.name)!);

  const first = split();
  if (!touchFurther((parts) => [...groupBy(parts, shapeOf).values()].map(([part]) => part!))) return first;
  touchFurther((parts) => parts);
  return split();

  function split(): readonly Part[] {
    return [...groupBy(kinds, ({ devices: [device] }) => top(home.get(device!.name)!)).values()].map((own) => {
      const inside = new Set(own.flatMap(({ devices }) => devices));
      const devices = machine.devices.filter((device) => inside.has(device));
      const groups = new Set(devices.map(({ group }) => group));
      const rest = machine.groups.filter((group) => groups.has(group));
      const isAll = devices.length === machine.devices.length && rest.length === machine.groups.length;
      return { kinds: own, machine: isAll ? machine : { ...machine, devices, groups: rest } };
    });
  }

  /** Joins what the operations of these parts touch, and says whether that was anything new. Who is alike depends on the strategy. */
  function touchFurther(some: (parts: readonly Part[]) => readonly Part[]): boolean {
    let further = false;
    for (const strategy of strategies) {
      const parts = first.map((part) => ({ machine: part.machine, kinds: kindsOf(part.machine, buses, strategy) }));
      const few = represent(
        machine,
        parts.flatMap((part) => part.kinds),
      );
      const system = assemble(few, strategy, buses, { kind: 'open', inFlight: 1, menu: [] });
      const homeOf = homesOfCells(system, home);
      for (const operation of some(parts).flatMap((part) => menuOf(represent(part.machine, part.kinds)))) {
        const touched = new Set<string>();
        collect(
          unfold(() => system.program(operation), operation.do, 'shared'),
          (cell) => touched.add(homeOf.get(cell)!),
        );
        const [one, ...others] = touched;
        for (const other of others)
          if (top(other) !== top(one!)) {
            further = true;
            join(other, one!);
          }
      }
    }
    return further;
  }
}

/** Two parts of one shape differ in names only. */
export function shapeOf({ machine, kinds }: Part): string {
  const at = (name: string): number => machine.devices.findIndex((device) => device.name === name);
  const { withoutOps, types } = machine;
  return JSON.stringify([
    machine.groups.map((group) => [withoutOps?.[group], types?.now[group]]),
    kinds.map(({ group, devices, likeness }) => [
      machine.groups.indexOf(group ?? ''),
      devices.map(({ name }) => at(name)),
      likeness.what,
      likeness.looksAt.map(at),
      likeness.seenBy.map(at),
    ]),
  ]);
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
