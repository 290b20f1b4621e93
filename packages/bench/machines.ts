import {
  device,
  kernelDriver,
  machine,
  principles,
  strategies,
  stubDriver,
  vfioDriverOf,
  type Bus,
  type Device,
  type Machine,
  type Strategy,
} from '@busward/core';
import { comparing } from '@busward/explorer';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';

/** Devices, groups, operations in flight, users. */
const sizes = [
  [4, 1, 2, 1],
  [4, 2, 4, 1],
  [8, 1, 1, 1],
  [8, 1, 2, 1],
  [8, 1, 4, 1],
  [8, 2, 4, 1],
  [8, 4, 4, 1],
  [4, 1, 2, 2],
  [4, 1, 2, 4],
  [8, 1, 2, 2],
  [8, 1, 2, 4],
  [8, 4, 2, 4],
  [8, 4, 4, 4],
] as const;

/** How the devices of a machine differ, by number. */
const sorts: Readonly<Record<string, (bus: Bus, at: number) => Partial<Device>>> = {
  like: () => ({}),
  drivers: (bus, at) => ({ drivers: driversOf(bus).at(at % 3)! }),
  regions: (_, at) => ({ direct: at % 2 === 0 }),
  // Alike; it is the user that differs.
  iommufd: () => ({}),
};

const driversOf = (bus: Bus) => {
  const kernel = kernelDriver('kernel-driver');
  return [[kernel, vfioDriverOf(bus)], [kernel], [stubDriver('stub'), kernel]];
};

/** CPU seconds after which a search is stopped. */
const PATIENCE = 2;

/** Machines of every sort on one bus and on two, under every strategy, as `compare` explores them: the slowest, and how many took over a second. */
export function overMachines(say: (line: string) => void): void {
  say('\n## Machines up to 8 devices, 4 groups, 4 in flight, 4 users, under every strategy\n');
  const taken = [[pci], [pci, platform]].flatMap((buses) =>
    Object.keys(sorts).flatMap((sort) =>
      sizes.flatMap(([devices, groups, inFlight, users]) => {
        const of = machineOf(sort, buses, devices, groups, users);
        return strategies.map((strategy) => ({
          inFlight,
          what: `${of.name}, ${inFlight} in flight, ${strategy.name}`,
          ...seconds(of, buses, strategy, inFlight),
        }));
      }),
    ),
  );
  for (const [what, some] of [
    ['up to two operations in flight, as `compare` looks at them', taken.filter(({ inFlight }) => inFlight <= 2)],
    ['four', taken.filter(({ inFlight }) => inFlight > 2)],
  ] as const) {
    const slow = some.filter(({ cpu }) => cpu > 1).length;
    const stopped = some.filter(({ done }) => !done).length;
    say(
      `With ${what}: ${slow} of ${some.length} took over a second of CPU, ${stopped} were stopped after ${PATIENCE}.\n`,
    );
    say('| the slowest | CPU s |\n| --- | --- |');
    for (const one of some.toSorted((a, b) => b.cpu - a.cpu).slice(0, 20))
      say(`| ${one.what} | ${one.cpu.toFixed(1)}${one.done ? '' : ', stopped'} |`);
    say('');
  }
}

function machineOf(sort: string, buses: readonly Bus[], devices: number, groups: number, users: number): Machine {
  const all = Array.from({ length: devices }, (_, at) => {
    const bus = buses.at(Math.floor(at / groups) % buses.length)!;
    return device(bus, String.fromCharCode(65 + at), { group: `g${at % groups}`, ...sorts[sort]?.(bus, at) });
  });
  const on = buses.map(({ name }) => name).join(' and ');
  return machine(`${sort} on ${on}, ${devices} in ${groups}, ${users} ${users === 1 ? 'user' : 'users'}`, {
    devices: all,
    users: Array.from({ length: users }, (_, at) => ({
      name: `u${at}`,
      through: sort === 'iommufd' ? 'iommufd' : 'container',
    })),
  });
}

function seconds(
  of: Machine,
  buses: readonly Bus[],
  strategy: Strategy,
  inFlight: number,
): { readonly cpu: number; readonly done: boolean } {
  const before = process.cpuUsage();
  const so = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  const search = comparing({ machine: of, buses, strategies: [strategy], principles, inFlight });
  let stop: string | undefined;
  while (!search.next(stop).done) if (so() > PATIENCE) stop = `after ${PATIENCE} s`;
  return { cpu: so(), done: stop === undefined };
}
