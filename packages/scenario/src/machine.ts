import {
  device,
  groupDevices,
  kernelDriver,
  machine,
  stubDriver,
  userDriver,
  type Bus,
  type Device,
  type Driver,
  type Facts,
  type Machine,
} from '@busward/core';
import { noSuch } from './nearest.ts';
import type { Path, PlacedFile } from './place.ts';
import type { ScenarioFile } from './schema.ts';

type Said = ScenarioFile['machine'];

/** The machine that a file describes. Throws an InputError at the place that makes it impossible. */
export function machineOf(name: string, said: Said, buses: readonly Bus[], { wrong }: PlacedFile): Machine {
  const groupOf = new Map<string, string>();
  const names = Object.keys(said.devices);
  for (const [group, members] of Object.entries(said.groups ?? {})) {
    if (names.includes(group))
      throw wrong(['machine', 'groups', group], `'${group}' is a device, too; give the group another name`, 'key');
    for (const [at, member] of members.entries()) {
      const place = ['machine', 'groups', group, at];
      if (!names.includes(member)) throw wrong(place, noSuch('device', member, names));
      const before = groupOf.get(member);
      if (before !== undefined)
        throw wrong(place, `'${member}' is in group '${before}' already; a device is in one group`);
      groupOf.set(member, group);
    }
  }
  for (const group of Object.keys(said.withoutOps ?? {}))
    if (said.groups && !Object.hasOwn(said.groups, group))
      throw wrong(['machine', 'withoutOps', group], noSuch('group', group, Object.keys(said.groups)), 'key');
  const drivers = Object.entries(said.drivers).map(([one, about]) => driverOf(one, about));
  const devices = Object.entries(said.devices).map(([one, about]) => deviceOf(one, about, drivers));
  const grouped = said.groups ? devices.map((one) => ({ ...one, ...inGroup(one) })) : groupDevices(devices, buses);
  return machine(name, {
    devices: grouped,
    users: Object.entries(said.users).map(([user, through]) => ({ name: user, through })),
    iommu: said.iommu,
    testRemove: said.testRemove,
    ...(said.withoutOps && { withoutOps: said.withoutOps }),
    ...(said.type && {
      types: {
        now: Object.fromEntries([...groupsOf(grouped)].map((group) => [group, said.type!])),
        auto: said.autoType,
      },
    }),
  });

  function inGroup(one: Device): { readonly group?: string } {
    const group = groupOf.get(one.name);
    return group === undefined ? {} : { group };
  }

  function deviceOf(one: string, about: Said['devices'][string], more: readonly Driver[]): Device {
    const { bus: busName, ...rest } = typeof about === 'string' ? { bus: about } : about;
    const place: Path = ['machine', 'devices', one, ...(typeof about === 'string' ? [] : ['bus'])];
    const bus = buses.find((other) => other.name === busName);
    if (!bus)
      throw wrong(
        place,
        noSuch(
          'bus',
          busName,
          buses.map((other) => other.name),
        ),
      );
    for (const key of ['sameStreamAs', 'returnsAs'] as const) {
      const other = rest[key];
      if (other === undefined || (other !== one && names.includes(other))) continue;
      const others = names.filter((each) => each !== one);
      throw wrong(['machine', 'devices', one, key], noSuch('other device', other, others));
    }
    const made = device<string, Facts>(bus, one, {
      ...(rest as Partial<Device>),
      drivers: [
        ...more,
        ...bus.managedDrivers.filter(({ name: known }) => !more.some((other) => other.name === known)),
      ],
    });
    if (said.groups && groupOf.has(one) && bus.isolation(made).length === 0)
      throw wrong(place, `'${one}' gets no group on bus '${busName}' (its grouping rule); leave it out of the groups`);
    return made;
  }
}

const groupsOf = (devices: readonly Device[]): ReadonlySet<string> =>
  new Set(devices.flatMap(({ group }) => (group === undefined ? [] : [group])));

function driverOf(name: string, about: Said['drivers'][string]): Driver {
  const { is, ...rest } = typeof about === 'string' ? { is: about } : about;
  const make = { kernel: kernelDriver, stub: stubDriver, user: userDriver }[is];
  return { ...make(name), ...rest } as Driver;
}
