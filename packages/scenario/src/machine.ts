import { groupDevices, machine, type Bus, type Device, type DomainType, type Machine } from '@busward/core';
import { driversSaid, readDevice } from './device.ts';
import { noSuch } from './nearest.ts';
import type { PlacedFile } from './place.ts';
import type { ScenarioFile } from './schema.ts';

type Said = ScenarioFile['machine'];

/** The machine that a file describes. Throws an InputError at the place that makes it impossible. */
export function machineOf(file: string, said: Said, buses: readonly Bus[], placed: PlacedFile): Machine {
  const { users, iommu, testRemove, withoutOps, overrides } = said;
  const groups = membership(said, placed);
  const drivers = driversSaid(said.drivers, ['machine', 'drivers'], placed);
  const devices = Object.keys(said.devices).map((name): Device => {
    const group = groups.get(name);
    const device = readDevice(name, said.devices, drivers, buses, placed);
    if (group === undefined) return device;
    if (buses.find((bus) => bus.name === device.bus)!.isolation(device).length > 0) return { ...device, group };
    const why = `'${name}' gets no group on bus '${device.bus}' (its grouping rule); leave it out of the groups`;
    throw placed.wrong(['machine', 'devices', name, 'bus'], why);
  });
  const grouped = said.groups ? devices : groupDevices(devices, buses);
  const types = typesOf(said, grouped, placed);
  return machine(file, {
    devices: grouped,
    users: Object.entries(users).map(([name, through]) => ({ name, through })),
    iommu,
    testRemove,
    ...(withoutOps && { withoutOps }),
    ...(overrides && { overrides }),
    ...(types && { types }),
  });
}

/** The group of each device, where the file names groups. */
function membership(said: Said, { wrong }: PlacedFile): ReadonlyMap<string, string> {
  const devices = Object.keys(said.devices);
  const found = new Map<string, string>();
  for (const [group, members] of Object.entries(said.groups ?? {})) {
    if (devices.includes(group))
      throw wrong(['machine', 'groups', group], `'${group}' is a device, too; give the group another name`, 'key');
    for (const [at, member] of members.entries()) {
      const place = ['machine', 'groups', group, at];
      if (!devices.includes(member)) throw wrong(place, noSuch('device', member, devices));
      const before = found.get(member);
      if (before !== undefined)
        throw wrong(place, `'${member}' is in group '${before}' already; a device is in one group`);
      found.set(member, group);
    }
  }
  for (const group of Object.keys(said.withoutOps ?? {}))
    if (said.groups && !Object.hasOwn(said.groups, group))
      throw wrong(['machine', 'withoutOps', group], noSuch('group', group, Object.keys(said.groups)), 'key');
  return found;
}

function typesOf({ type, autoType }: Said, devices: readonly Device[], { wrong }: PlacedFile): Machine['types'] {
  if (type === undefined) {
    if (autoType === undefined) return undefined;
    throw wrong(['machine', 'autoType'], 'the groups have no types; say `type`, too, or leave it out', 'key');
  }
  const groups = devices.flatMap(({ group }) => (group === undefined ? [] : [[group, type] as const]));
  const now: Readonly<Record<string, DomainType>> = Object.fromEntries(groups);
  return { now, auto: autoType ?? 'DMA' };
}
