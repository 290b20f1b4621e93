import type { Bus, Device, Machine } from '@busward/core';
import { groupBy } from './group-by.ts';

/** Devices explored in the place of others that are like them. */
export interface Represented {
  readonly machine: Machine;
  readonly says: readonly string[];
}

/** Like devices of a group are represented by the first two. */
const OF_EACH = 2;

/**
 * Fewer devices, and who stands for whom. Two devices of a group are alike if they are on one bus in one role, and what
 * is known of them and of their drivers is the same but for names. That two of a kind are enough is an assumption, and
 * `says` says where it was made.
 */
export function represent(machine: Machine, buses: readonly Bus[]): Represented {
  const says: string[] = [];
  const kept = new Set<Device>(machine.devices.filter((device) => device.group === undefined));
  for (const group of machine.groups) {
    const members = machine.devices.filter((device) => device.group === group);
    const kinds = groupBy(members, (device) => kindOf(device, buses));
    for (const alike of kinds.values()) {
      const stay = alike.slice(0, OF_EACH);
      stay.forEach((device) => kept.add(device));
      if (stay.length < alike.length)
        says.push(
          `${group}: ${alike.length} like devices on ${alike[0]!.bus} represented by ${stay.map((one) => one.name).join(', ')}`,
        );
    }
  }
  return { machine: { ...machine, devices: machine.devices.filter((device) => kept.has(device)) }, says };
}

/** What tells two devices of a group apart, but for their names. */
export function kindOf(device: Device, buses: readonly Bus[]): string {
  const bus = buses.find((one) => one.name === device.bus);
  const drivers = device.drivers.map((driver) => ({ ...driver, name: '' }));
  const { bus: name, joins, direct, bridge, failsToAttach } = device;
  return JSON.stringify([name, bus?.role?.(device) ?? '', joins, direct, bridge, failsToAttach, drivers]);
}
