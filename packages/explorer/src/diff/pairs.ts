import { hasKnownCheck, type Bus, type Device, type Machine, type Principle } from '@busward/core';
import { areOurs, judgesOfEvents } from '../judging/judges.ts';
import { isRefined, kindsOf } from '../likeness/kinds.ts';
import { partsOf, shapeOf } from '../likeness/parts.ts';
import { represent } from '../likeness/represent.ts';
import type { Pair } from './difference.ts';
import type { Side } from './on-machine.ts';

/** A machine as two sides have it, in parts that do nothing to each other, and what was left out to get there. */
export interface Paired {
  readonly machines: readonly Pair<Machine>[];
  readonly says: readonly string[];
}

/**
 * A given machine for two sides. `onBuses`: devices on either bus are on the first for the first side, on the second for the
 * other; they keep their drivers, and what only their own bus understands where they stay on it. Like devices are represented
 * by a few, which is an assumption and is said, and parts that look alike by one, unless somebody may tell them apart: a check, a
 * refinement or a principle. What judges events may look at other groups. Throws an Error where the machine has no device on either
 * bus.
 */
export function pairsOf(
  machine: Machine,
  sides: Pair<Side>,
  principles: readonly Principle[],
  onBuses?: Pair<Bus>,
): Paired {
  if (onBuses && !machine.devices.some(({ bus }) => onBuses.some(({ name }) => name === bus)))
    throw new Error(
      `${machine.name} has no device on ${onBuses.map(({ name }) => name).join(' or ')}; ` +
        `it has some on ${[...new Set(machine.devices.map(({ bus }) => bus))].join(', ')}`,
    );
  const whole: Pair<Machine> = onBuses
    ? [movedTo(machine, onBuses, onBuses[0]), movedTo(machine, onBuses, onBuses[1])]
    : [machine, machine];
  const kinds = whole.map((one, side) => kindsOf(one, sides[side]!.buses, sides[side]!.strategy));
  const kept = new Set(whole.flatMap((one, side) => represent(one, kinds[side]!).devices.map(({ name }) => name)));
  const areApart = judgesOfEvents(principles).length === 0;
  const parts = joined(
    whole.flatMap((one, side) => {
      const { buses, strategy } = sides[side]!;
      const few = only(one, kept);
      if (!areApart) return [few.devices.map(({ name }) => name)];
      return partsOf(few, kindsOf(few, buses, strategy), buses, [strategy]).map((part) =>
        part.machine.devices.map(({ name }) => name),
      );
    }),
  );
  const pairs = parts.map((names): Pair<Machine> => [only(whole[0], names), only(whole[1], names)]);
  const areLike =
    areOurs(principles) &&
    sides.every(({ strategy, buses }, side) => hasKnownCheck(strategy) && !isRefined(whole[side]!, buses));
  const shapes = new Map(pairs.map((pair, at) => [areLike ? shapesOf(pair, sides) : String(at), pair]));
  const says = new Set(
    kinds.flat().flatMap(({ group, devices }) => {
      const stay = devices.filter(({ name }) => kept.has(name));
      return stay.length === devices.length
        ? []
        : [
            `${group}: ${devices.length} like devices on ${devices[0]!.bus} represented by ${stay.map(({ name }) => name).join(', ')}, which is an assumption`,
          ];
    }),
  );
  return {
    machines: [...shapes.values()].toSorted((x, y) => x[0].devices.length - y[0].devices.length),
    says: [
      `${machine.name}: ${pairs.length} parts that do nothing to each other, ${shapes.size} of them unlike the others`,
      ...says,
    ],
  };
}

function movedTo(machine: Machine, from: Pair<Bus>, to: Bus): Machine {
  const devices = machine.devices.map((device): Device => {
    if (device.bus === to.name || !from.some(({ name }) => name === device.bus)) return device;
    const moved = { ...device, bus: to.name, facts: to.example(device.name), bridge: false };
    if (to.isolation(moved).length > 0) return moved;
    const { group: _, ...alone } = moved;
    return alone;
  });
  return { ...machine, devices };
}

function only(machine: Machine, names: ReadonlySet<string>): Machine {
  const devices = machine.devices.filter(({ name }) => names.has(name));
  return { ...machine, devices, groups: machine.groups.filter((group) => devices.some((one) => one.group === group)) };
}

/** Sets with a name in common become one. */
function joined(parts: readonly (readonly string[])[]): readonly ReadonlySet<string>[] {
  let sets: readonly ReadonlySet<string>[] = [];
  for (const part of parts) {
    const touching = sets.filter((set) => part.some((name) => set.has(name)));
    sets = [
      ...sets.filter((set) => !touching.includes(set)),
      new Set([...part, ...touching.flatMap((set) => [...set])]),
    ];
  }
  return sets;
}

/** As it looks on each side. */
const shapesOf = (pair: Pair<Machine>, sides: Pair<Side>): string =>
  JSON.stringify(
    pair.map((machine, side) => {
      const { buses, strategy } = sides[side]!;
      return shapeOf({ machine, kinds: kindsOf(machine, buses, strategy) });
    }),
  );
