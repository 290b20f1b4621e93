import {
  type Bus,
  type Cells,
  compareVersions,
  device,
  type Device,
  type Driver,
  type Facts,
  isVfioDriver,
  type Kernel,
  kernelDriver,
  machine,
  type Machine,
  type Strategy,
  stubDriver,
} from '@busward/core';
import { noSuch } from '@busward/scenario/nearest';
import { checkSteps } from './check-steps.ts';
import { profileOf } from './profile-of.ts';
import type { Trace } from './trace.ts';

/** A device of the recordings' machines, and the driver it has when nobody has touched it. */
interface Recorded {
  readonly bus: string;
  readonly group?: string | undefined;
  readonly driver?: string;
  /** The driver that the bus finds for it, if it is asked to and no other one is set; `driver`, if nothing is said. */
  readonly found?: string;
  readonly bridge?: true;
  /** Devices below it, which go with it. */
  readonly below?: readonly string[];
  /** Behind an SMMUv3 it has the stream id of that device. */
  readonly sameStreamAs?: string;
  /** The group it comes back in after a removal, if another or none, and since which Linux. */
  readonly returns?: readonly { readonly since: string; readonly group?: string }[];
}

const pci = (group: string, more: Partial<Recorded> = {}): Recorded => ({ bus: 'pci', group, ...more });
const alone = { A: pci('gA'), B: pci('gB'), N: pci('gN', { found: 'e1000' }) };
const port = { P: pci('gP', { driver: 'pcieport', bridge: true, below: ['Q'] }), Q: pci('gP') };
const functions = { E: pci('gE'), F: pci('gE') };
const pair = { C: pci('gC'), D: pci('gC') };
/** On x86 C and D are behind a bridge, which has no name there, no driver, and is in their group. */
const x86 = { ...alone, ...pair, R: pci('gC', { bridge: true, below: ['C', 'D'] }), ...functions, ...port };
const onBoard: Readonly<Record<string, Recorded>> = {
  X: { bus: 'amba', group: 'gX', driver: 'pl061_gpio' },
  Y: { bus: 'amba', group: 'gY', driver: 'rtc-pl031' },
  ...Object.fromEntries(
    ['Z', 'W', 'V'].map((name) => [name, { bus: 'platform', group: `g${name}`, found: 'virtio-mmio' }]),
  ),
};
const lab = { M: { bus: 'fsl-mc', group: 'gM' }, O: { bus: 'fsl-mc', group: 'gO' }, H: { bus: 'host1x' } };
const without = (devices: Readonly<Record<string, Recorded>>): Readonly<Record<string, Recorded>> =>
  Object.fromEntries(Object.entries(devices).map(([name, one]) => [name, { ...one, group: undefined }]));

/*
 * A function other than the first that is removed and found again is added before it is known to be a function of a
 * multi-function device (pci_scan_slot()), so that it is alone in a group, where devices get groups when they are added
 * (traced, with the Linux since which it was seen); unless its own header has the bit.
 */
const apartSince = (version: string, group: string): Partial<Recorded> => ({ returns: [{ since: version, group }] });
const split = { ...functions, F: pci('gE', apartSince('6.15', 'gF')) };
const arm = { ...alone, C: pci('gC'), D: pci('gC', apartSince('6.15', 'gD')), ...split, ...port, ...onBoard };

/** The machines that were recorded (topologies of the recordings; groups from what the agent saw at the first boot). */
const topologies: Readonly<Record<string, Readonly<Record<string, Recorded>>>> = {
  'x86-vtd': { ...x86, F: pci('gE', { returns: [{ since: '5.10' }, { since: '6.1', group: 'gF' }] }) },
  'x86-vtd-mfbit': x86,
  'x86-amdvi': { ...x86, F: pci('gE', apartSince('5.10', 'gF')) },
  'x86-none': without(x86),
  'arm-smmuv3': arm,
  'arm-smmuv3-bridge': {
    ...arm,
    R: pci('gR', { driver: 'shpchp', bridge: true, below: ['C', 'D'] }),
    C: pci('gR', { sameStreamAs: 'D' }),
    D: pci('gR', { sameStreamAs: 'C' }),
  },
  'arm-labmod': { ...arm, ...lab },
  'arm-labmod-nodmaranges': { ...arm, ...lab, ...without({ M: lab.M, O: lab.O }) },
};

/** What a device is called after it was removed and found in another group. */
const again = (name: string): string => `${name} again`;

/** What a device is called now; `undefined`: it is not there. */
export function nowCalled(kernel: Kernel, cells: Cells, name: string): string | undefined {
  const names = kernel.machine.devices.map((one) => one.name).filter((one) => one === name || one === again(name));
  return names.find((one) => cells.get(kernel.layout.device(one).presence) !== 'gone');
}

/**
 * The machine of a recording, as its scenario finds it. Devices of a device tree that have a group already joined it at
 * a bind before. Throws an InputError for a machine or a device that is not known.
 */
export function recordedMachine(trace: Trace, strategy: Strategy, buses: readonly Bus[]): Machine {
  const { version } = profileOf(trace);
  const topology = Object.hasOwn(topologies, trace.topology) ? topologies[trace.topology] : undefined;
  if (!topology)
    throw trace.wrong(
      ['topology'],
      `scenario '${trace.scenario}': ${noSuch('machine', trace.topology, Object.keys(topologies))}`,
    );
  checkSteps(trace, Object.keys(topology));
  const tree = trace.iommu === 'smmuv3';
  const names = Object.keys(topology);
  const devices = Object.entries(topology).flatMap(([name, recorded]): Device[] => {
    const bus = buses.find((one) => one.name === recorded.bus)!;
    // Where devices join when they are added, the first of two with one stream id was there first.
    const other = recorded.sameStreamAs;
    const refused =
      other !== undefined && strategy.surroundings.iommu.walkCallsHooks && names.indexOf(other) < names.indexOf(name);
    const known = trace.devices[name] ? trace.devices[name].group !== null : !isLate(trace.topology, recorded);
    const here: Device = device<string, Facts>(bus, name, {
      drivers: driversOf(name, recorded, trace, bus),
      bridge: recorded.bridge ?? false,
      joins: tree ? 'at first bind' : 'when added',
      ...(tree && known && { joined: true as const }),
      ...(recorded.group !== undefined && !refused && { group: recorded.group }),
      ...(other !== undefined && !strategy.surroundings.iommu.walkCallsHooks && { sameStreamAs: other }),
    });
    const returns = recorded.returns?.findLast(({ since }) => compareVersions(since, version) <= 0);
    if (!returns) return [here];
    const { group: _, ...nowhere } = here;
    const elsewhere = returns.group === undefined ? nowhere : { ...nowhere, group: returns.group };
    const moved = returns.group !== undefined && trace.initial.groups[returns.group] !== undefined;
    const absent = { absent: true } as const;
    return [
      { ...here, returnsAs: again(name), ...(moved && absent) },
      { ...elsewhere, name: again(name), ...(!moved && absent) },
    ];
  });
  const auto = trace.iommu === 'intel' && compareVersions(version, '5.11') > 0 ? 'DMA-FQ' : 'DMA';
  const now = Object.fromEntries(
    devices.flatMap(({ group }) =>
      group === undefined ? [] : [[group, (trace.initial.groups[group]?.type ?? auto) as 'DMA']],
    ),
  );
  return machine(trace.topology, {
    devices,
    users: ['u0', 'u1'].map((name) => ({ name, through: 'container' as const })),
    types: { now, auto },
  });
}

/** Drivers that devices have before the scenario begins. */
export function driversAtStart(trace: Trace): readonly (readonly [string, string])[] {
  return Object.entries(topologies[trace.topology]!).flatMap(([name, { driver }]) => {
    const named = name in trace.initial.drivers ? trace.initial.drivers[name] : driver;
    return typeof named === 'string' && named !== '(absent)' ? [[name, named] as const] : [];
  });
}

/** What a device of the machine has to do with others, and with drivers that nobody names. */
export interface Kin {
  /** Only devices on PCI can be removed. */
  readonly removable: boolean;
  /** host1x devices have no driver_override. */
  readonly overridable: boolean;
  /** What is below it, and goes first. */
  readonly below: readonly string[];
  /** The driver that the bus finds for it. */
  readonly found?: string;
}

export function kinOf({ topology }: Trace, name: string): Kin {
  const { bus, below = [], found, driver } = topologies[topology]![name.replace(/ again$/, '')]!;
  const kind = found ?? driver;
  return {
    removable: bus === 'pci',
    overridable: bus !== 'host1x',
    below: below.toReversed(),
    ...(kind !== undefined && { found: kind }),
  };
}

/** Where nothing was bound since boot, a device is in no group yet. */
const isLate = (topology: string, { driver }: Recorded): boolean =>
  topology === 'arm-smmuv3-bridge' && driver === undefined;

function driversOf(name: string, recorded: Recorded, trace: Trace, bus: Bus): readonly Driver[] {
  const named = trace.steps.flatMap(({ do: text }) => {
    const [verb, on, with_] = text.split(' ');
    return (verb === 'bind' || verb === 'override') && on === name ? [with_!] : [];
  });
  const before = trace.initial.drivers[name];
  const all = new Set(
    [recorded.driver, recorded.found, before, ...named].filter((one) => typeof one === 'string' && one !== '(absent)'),
  );
  return [...all].map((one) => driverCalled(one!, name, recorded, bus));
}

/**
 * What is known of the drivers that were bound, beside what their bus says. vfio-pci takes no bridge
 * (vfio_pci_core_register_device(); 5.10 vfio_pci_probe()), pcieport nothing but a PCIe port (pcie_portdrv_probe()),
 * shpchp nothing without a hot-plug controller (shpc_probe()).
 */
function driverCalled(named: string, on: string, { bridge, driver }: Recorded, bus: Bus): Driver {
  if (named === 'lab-managed') return stubDriver(named);
  const managed = bus.managedDrivers.find((one) => one.name === named);
  if (managed && bridge && isVfioDriver(managed)) return { ...managed, failsAt: 'probe', failsWith: 'EINVAL' };
  if (['pcieport', 'shpchp'].includes(named) && driver !== named)
    return { ...(managed ?? kernelDriver(named)), failsAt: 'probe' };
  if (managed) return managed;
  const fails = { ...kernelDriver(named), failsAt: 'probe' as const };
  if (named === 'lab-fail' || (named === 'e1000' && on !== 'N')) return { ...fails, failsWith: 'EIO' };
  return named === 'virtio-mmio' && on === 'V' ? fails : kernelDriver(named);
}
