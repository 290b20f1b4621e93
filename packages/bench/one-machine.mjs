// One process for machines.ts: a machine of some sort under one strategy, as `compare` explores it, and whether that ended.
// node one-machine.mjs SORT[-NUMBER] BUSES DEVICES GROUPS IN-FLIGHT USERS STRATEGY
// V8 is told what the command tells it.
// oxlint-disable-next-line import/no-unassigned-import -- it is for what it does
import '../cli/dist/optimize-later.js';
import { amba } from '@busward/amba';
import { device, kernelDriver, machine, principles, strategies, stubDriver, vfioDriverOf } from '@busward/core';
import { comparing } from '@busward/explorer';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';

/** CPU seconds after which a search is stopped. */
const PATIENCE = 2;
const [said, on, ...rest] = process.argv.slice(2);
const [sort, seed = 0] = said.split('-');
const [devices, groups, inFlight, users] = rest.map(Number);
const buses = [pci, platform, amba, fslMc, host1x].slice(0, Number(on));
const kernel = kernelDriver('kernel-driver');
const driversOf = (bus) => [
  [kernel, vfioDriverOf(bus)],
  [kernel],
  [stubDriver('stub'), kernel],
  [stubDriver('stub'), vfioDriverOf(bus)],
  // Those that only `any` has.
  [vfioDriverOf(bus)],
  [kernel, { ...kernel, name: 'fails', failsAt: 'probe' }],
  [{ ...kernel, name: 'own-domain', ownDomain: true }, vfioDriverOf(bus)],
];
/** One of so many, as if by chance, and the same each time: Park and Miller's generator (CACM 31, 1988). */
let last = Number(seed) + 1;
const draw = (many) => (last = (last * 48_271) % 2_147_483_647) % many;
const kinds = Array.from({ length: 3 }, () => ({ drivers: draw(4), direct: draw(3) === 0 }));
/** One device in three has drivers as no other need have. */
const anyKinds =
  sort === 'any' &&
  Array.from({ length: 1 + draw(4) }, () => ({
    drivers: draw(7),
    direct: draw(3) === 0,
    joins: draw(2) === 0 ? 'at first bind' : 'when added',
  }));
/** How the devices differ, by number. */
const differing = {
  like: () => ({}),
  drivers: (bus, at) => ({ drivers: driversOf(bus).at(at % 3) }),
  regions: (_, at) => ({ direct: at % 2 === 0 }),
  // Alike; it is the user that differs.
  iommufd: () => ({}),
  drawn: (bus, _, { drivers, direct } = kinds.at(draw(3))) => ({ drivers: driversOf(bus).at(drivers), direct }),
  any: (bus, _, { drivers, ...kind } = anyKinds.at(draw(anyKinds.length))) => ({
    ...kind,
    drivers: driversOf(bus).at(draw(3) === 0 ? draw(7) : drivers),
  }),
}[sort];
const isDrawn = sort === 'drawn' || sort === 'any';
const busOf = (at) => (isDrawn ? draw(buses.length) : Math.floor(at / groups) % buses.length);
const throughOf = () => (sort === 'iommufd' || (isDrawn && draw(2) === 0) ? 'iommufd' : 'container');
const of = machine('one', {
  devices: Array.from({ length: devices }, (_, at) => {
    const bus = buses.at(busOf(at));
    return device(bus, String.fromCharCode(65 + at), { group: `g${at % groups}`, ...differing(bus, at) });
  }),
  users: Array.from({ length: users }, (_, at) => ({
    name: `u${at}`,
    through: throughOf(),
  })),
});
const strategy = strategies.find(({ name }) => name === rest[4]);
const search = comparing({ machine: of, buses, strategies: [strategy], principles, inFlight });
let stop;
while (!search.next(stop).done) {
  const { user, system } = process.cpuUsage();
  if ((user + system) / 1e6 > PATIENCE) stop = `after ${PATIENCE} s`;
}
console.log(stop === undefined ? 'done' : 'stopped');
