import type { Device, Machine } from '@busward/core';
import { mixed } from '../crowd/mixed.ts';
import type { Kind } from '../likeness/kinds.ts';
import type { Part } from '../likeness/parts.ts';
import { promisingFirst } from '../likeness/promising.ts';
import { representedBy } from '../likeness/represent.ts';

/** A device that is moved to each bus in turn, and where. */
export interface MovedDevice {
  readonly group: string;
  readonly part: Part;
  /** The part with two of a kind at most, and no more than {@link MOST} devices; the device is one of them. */
  readonly few: Machine;
  readonly device: Device;
}

/** The group that spans the most buses, then has the most devices; and its last member that is no bridge. */
export function movable(machine: Machine, parts: readonly Part[], inFlight: number): MovedDevice | undefined {
  const [group] = machine.groups.toSorted((a, b) => score(b) - score(a));
  const part = parts.find(({ machine: { groups } }) => group !== undefined && groups.includes(group));
  const represented =
    part &&
    (part.kinds.length > 0 ? representedBy(part.machine, mixed(part.kinds, inFlight), inFlight)[0] : part.machine);
  const device = represented?.devices.findLast((one) => one.group === group && !one.bridge);
  if (group === undefined || !device || !part || !represented) return undefined;
  return { group, part, few: part.kinds.length > 0 ? fewerWith(device, represented, part.kinds) : represented, device };

  function score(name: string): number {
    const members = machine.devices.filter((one) => one.group === name);
    return new Set(members.map((one) => one.bus)).size * 1000 + members.length;
  }
}

/** Of so many devices all states can be looked at on one bus after another. */
const MOST = 3;

/** The machine with the device and one of each other kind, the most promising ones; then others, while there is room. */
function fewerWith(device: Device, machine: Machine, kinds: readonly Kind[]): Machine {
  if (machine.devices.length <= MOST) return machine;
  const kindOf = (one: Device): Kind | undefined => kinds.find(({ devices }) => devices.includes(one));
  const inOrder = [device, ...promisingFirst(machine.devices.filter((one) => one !== device))];
  const isFirst = (one: Device, at: number): boolean =>
    !inOrder.slice(0, at).some((other) => kindOf(other) === kindOf(one));
  const kept = new Set([...new Set([...inOrder.filter(isFirst), ...inOrder])].slice(0, MOST));
  return { ...machine, devices: machine.devices.filter((one) => kept.has(one)) };
}
