import {
  device,
  groupDevices,
  kernelDriver,
  machine,
  menuOf,
  stubDriver,
  userDriver,
  vfioDriverOf,
  type Bus,
  type Device,
  type Driver,
  type Machine,
  type Operation,
  type User,
} from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { bindsOf, directOf, filesOf, hotplugOf, resetsOf, typesOf } from './menus.ts';

/** A machine on which anybody may do anything of a menu at any time, so many things at once. */
export interface World {
  readonly name: string;
  readonly machine: Machine;
  readonly buses: readonly Bus[];
  readonly inFlight: number;
  readonly menu: readonly Operation[];
}

/** Small machines that together have every mechanism of the kernel: an exploration takes hundredths of a second. */
export function worlds(): readonly World[] {
  return [...everyday(), ...oddDrivers(), ...oddHardware(), ...coming(), ...iommufd(), ...clevererBuses()];
}

const buses: readonly Bus[] = [platform, fslMc, pci, host1x];
const kernel = kernelDriver('kernel-driver');
const user = vfioDriverOf(pci);
const stub = stubDriver('pci-stub');
const oneUser: readonly User[] = [{ name: 'u0', through: 'container' }];
const users = (through: User['through']): readonly User[] => ['u0', 'u1'].map((name) => ({ name, through }));

function everyday(): readonly World[] {
  const two = pair({ B: { drivers: [kernel, user, stub] } });
  return [
    world('a pair', 2, two),
    world('across buses, joining at the first bind', 2, across({ joins: 'at first bind' })),
    world('two users of a pair', 1, pair(), { users: users('container') }),
    world('the files of a group', 1, pair(), {}, filesOf),
    world('the files of a group, two users, one device', 1, alone(), { users: users('container') }, filesOf),
    world('claims past VFIO', 1, across(), { users: users('container') }, directOf),
    world('other ways to bind', 2, alone(), {}, bindsOf),
    world('a device without a group', 1, [nowhere, ...alone({}, 'B')], {}, (of) => [...hotplugOf(of), ...resetsOf(of)]),
    world('a device without a group, and a late IOMMU', 1, [nowhere], { iommu: 'later' }),
  ];
}

function oddDrivers(): readonly World[] {
  const stages = ['pinctrl', 'sysfs', 'pm_domain', 'probe', 'dev_groups'] as const;
  const failing = stages.flatMap((failsAt): Driver[] => [
    { ...kernelDriver(`kernel, fails at ${failsAt}`), failsAt },
    { ...userDriver(`user, fails at ${failsAt}`), failsAt, failsWith: 'EIO' },
  ]);
  const own: readonly Driver[] = [
    { ...kernelDriver('own'), ownDomain: true },
    { ...kernelDriver('identity'), ownDomain: 'identity' },
    { ...kernelDriver('own, fails'), ownDomain: true, failsAt: 'probe' },
  ];
  return [
    world('failing probes', 1, pair({ A: { drivers: [...failing, user] } })),
    world('domains of drivers', 1, pair({ A: { drivers: [...own, kernel] }, B: { drivers: [own[0]!, kernel, user] } })),
    world('test_remove', 2, alone(), { testRemove: true }),
    world('test_remove with a domain of its own', 1, alone({ drivers: [own[0]!, user] }), { testRemove: true }),
  ];
}

function oddHardware(): readonly World[] {
  const types = { now: { 'group 0': 'DMA' }, auto: 'identity' } as const;
  return [
    world('a firmware 1:1 region', 1, pair({ B: { direct: true } })),
    world('a member that cannot be blocked', 1, pair({ B: { failsToAttach: 'blocking' } })),
    world('a group that VFIO made up', 1, alone(), { withoutOps: { 'group 0': 'fake' } }),
    world('a group without iommu_ops', 1, pair(), { withoutOps: { 'group 0': 'real' } }),
    world('types of domains', 2, alone(), { types }, typesOf),
    world('types of the domain of a pair', 1, pair(), { types }, typesOf),
    world('identity domains', 1, pair({ A: { drivers: [{ ...kernel, ownDomain: 'identity' }] } }), {
      types: { now: { 'group 0': 'identity' }, auto: 'identity' },
    }),
    world('a bridge', 1, pair({ B: { bridge: true, drivers: [kernel] } })),
    world('resets', 1, pair(), {}, resetsOf),
  ];
}

function coming(): readonly World[] {
  const late = { iommu: 'later' } as const;
  return [
    world('hot-plug', 2, alone(), {}, hotplugOf),
    world('hot-plug of a pair', 1, pair(), {}, hotplugOf),
    world('one stream id twice', 1, pair({ B: { sameStreamAs: 'A', absent: true } }), {}, hotplugOf),
    world('a device that comes back elsewhere', 1, returning(), {}, hotplugOf),
    world('a late IOMMU', 2, alone(), late),
    world('a late IOMMU and pci-stub', 2, alone({ drivers: [stub] }), late),
    world('a late IOMMU and hot-plug', 2, alone(), late, hotplugOf),
    world('a late IOMMU, joining at the first bind', 2, alone({ joins: 'at first bind' }), late),
    world('a late IOMMU, across buses', 1, across({ joins: 'at first bind' }), late, hotplugOf),
  ];
}

function iommufd(): readonly World[] {
  return [
    world('iommufd', 2, pair(), { users: users('iommufd').slice(0, 1) }),
    world('iommufd, two users', 1, pair(), { users: users('iommufd') }),
    world('iommufd, two users, one device', 2, alone(), { users: users('iommufd') }),
    world(
      'iommufd beside a container',
      1,
      pair(),
      { users: [...oneUser, { name: 'u1', through: 'iommufd' }] },
      filesOf,
    ),
    world('iommufd and hot-plug', 1, pair(), { users: users('iommufd').slice(0, 1) }, hotplugOf),
  ];
}

function clevererBuses(): readonly World[] {
  const drivers = [kernel, user];
  const clients = ['A', 'B'].map((name) => device(host1x, name, { facts: { channel: 'one' }, drivers }));
  const container = device(fslMc, 'dprc.1', { drivers });
  const object = device(fslMc, 'dpni.1', { drivers, facts: { iommu: 'arm-smmu-v3' } });
  return [
    world('two clients of a host1x channel', 1, groupDevices(clients, buses)),
    world('an fsl-mc container and its object', 1, groupDevices([container, object], buses)),
  ];
}

function world(
  name: string,
  inFlight: number,
  devices: readonly Device[],
  more: Omit<Parameters<typeof machine>[1], 'devices'> = {},
  also: (of: Machine) => readonly Operation[] = () => [],
): World {
  const of = machine(name, { devices, users: oneUser, ...more });
  return { name, machine: of, buses, inFlight, menu: [...menuOf(of), ...also(of)] };
}

/** Two PCI functions that share a group. */
const pair = ({ A, B }: { readonly A?: Partial<Device>; readonly B?: Partial<Device> } = {}): readonly Device[] => {
  const facts = { withoutAcsBelow: '0000:00:01.0' };
  return groupDevices([pciDevice('A', { ...A, facts }), pciDevice('B', { ...B, facts })], buses);
};

/** A platform device and a PCI function behind one stream id. */
const across = (said: Partial<Device> = {}): readonly Device[] => {
  const facts = { streams: ['smmu@0x11'] };
  return groupDevices([deviceOn(platform, 'A', { ...said, facts }), pciDevice('B', { ...said, facts })], buses);
};

const alone = (said: Partial<Device> = {}, name = 'A'): readonly Device[] =>
  groupDevices([pciDevice(name, said)], buses);

/** In no group, whoever looks. */
const nowhere: Device = pciDevice('A', { joins: 'at first bind' });

const returning = (): readonly Device[] => {
  const [A] = alone({ returnsAs: 'C' });
  return [A!, { ...pciDevice('C', { absent: true }), group: 'group 1' }];
};

function pciDevice(name: string, said: Partial<Device>): Device {
  return deviceOn(pci, name, said);
}

function deviceOn(bus: Bus, name: string, said: Partial<Device>): Device {
  return device(bus, name, said);
}
