import type { Device, Machine } from '@busward/core';
import { mixed } from '../crowd/mixed.ts';
import type { Part } from '../likeness/parts.ts';
import { representedBy } from '../likeness/represent.ts';

/** A device that is moved to each bus in turn, and where. */
export interface MovedDevice {
  readonly group: string;
  readonly part: Part;
  /** The part with two of a kind at most; the device is one of them. */
  readonly few: Machine;
  readonly device: Device;
}

/** The group that spans the most buses, then has the most devices; and its last member that is no bridge. */
export function movable(machine: Machine, parts: readonly Part[], inFlight: number): MovedDevice | undefined {
  const [group] = machine.groups.toSorted((a, b) => score(b) - score(a));
  const part = parts.find(({ machine: { groups } }) => group !== undefined && groups.includes(group));
  const few =
    part &&
    (part.kinds.length > 0 ? representedBy(part.machine, mixed(part.kinds, inFlight), inFlight)[0] : part.machine);
  const device = few?.devices.findLast((one) => one.group === group && !one.bridge);
  return group !== undefined && device && part && few ? { group, part, few, device } : undefined;

  function score(name: string): number {
    const members = machine.devices.filter((one) => one.group === name);
    return new Set(members.map((one) => one.bus)).size * 1000 + members.length;
  }
}
