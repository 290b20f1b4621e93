import {
  count,
  kernelDriver,
  machine,
  userDriver,
  type Bus,
  type Device,
  type Facts,
  type Machine,
  type User,
} from '@busward/core';
import { finished, kindsOf, lookingUp, partsOf, type Pair, type Side, type Watched } from '@busward/explorer';

/** How large generated machines become. */
export interface Size {
  readonly devices: number;
  readonly groups: number;
  readonly users: number;
}

export const usualSize: Size = { devices: 2, groups: 2, users: 1 };

/** What machines are generated for: two sides, and the bus that the devices in question are on for each. */
export interface Generating {
  readonly sides: Pair<Side>;
  readonly buses: Pair<Bus>;
  /** A bus for further devices, the same on both sides. */
  readonly partner?: Bus;
  readonly size: Size;
  /** Only machines whose IOMMU is there from the start, or comes later; both, if nothing is said. */
  readonly iommu?: Machine['iommu'];
}

export interface Generated {
  /** Fewest devices first, then groups, then users. */
  readonly machines: readonly Pair<Machine>[];
  readonly says: readonly string[];
  /** Why these are not all. */
  readonly stoppedBy?: string;
}

/**
 * All machines up to a size on which two sides can differ, none of them a copy of another with other names. A machine that
 * falls into parts which do nothing to each other is left out: its parts are there.
 */
export const machinesUpTo = (generating: Generating): Generated => finished(generatingUpTo(generating));

/** {@link machinesUpTo} in parts: there are a thousand times as many of twice the size. */
export function* generatingUpTo(generating: Generating): Watched<Generated> {
  const { sides, buses, partner, size } = generating;
  const iommufd = sides.some(({ strategy }) => strategy.surroundings.vfio.iommufd);
  const joining = joiningUnder(sides);
  const found: Pair<Machine>[] = [];
  // Without a group it makes no difference.
  const iommus = (groups: number): readonly Machine['iommu'][] =>
    groups === 0 ? ['present'] : generating.iommu ? [generating.iommu] : ['present', 'later'];
  let stoppedBy: string | undefined;
  all: for (let devices = 1; devices <= size.devices; devices++)
    for (let groups = 0; groups <= Math.min(size.groups, devices); groups++)
      for (const shape of shapes(devices, groups, partner !== undefined)) {
        stoppedBy = yield* lookingUp();
        if (stoppedBy !== undefined) break all;
        for (const users of usersOf(groups === 0 ? 0 : size.users, iommufd))
          for (const iommu of iommus(groups))
            for (const joins of groups > 0 ? joining : (['when added'] as const))
              for (const facts of factsOf(shape, buses)) {
                const pair = pairOf(shape, users, iommu, joins, facts, generating);
                if (isWhole(pair, sides)) found.push(pair);
              }
      }
  const names = [...new Set(buses.map(({ name }) => name))].join(' or ');
  const users = iommufd ? 'container or iommufd' : 'container';
  return {
    machines: found,
    ...(stoppedBy !== undefined && { stoppedBy }),
    says: [
      `${stoppedBy === undefined ? 'all' : 'the first'} ${count(found.length, 'machine')} of at most ${count(size.devices, 'device')}, ${count(size.groups, 'group')} and ${count(size.users, 'user')} (${users}), ` +
        `without copies that differ in names and without those that fall into parts`,
      `devices are on ${names}${partner ? `, others on ${partner.name}` : ''}, with a kernel driver and a VFIO driver each; ` +
        `${when[generating.iommu ?? 'either']}${joining.length > 1 ? '; devices join when added, or all at their first bind' : ''}`,
    ],
  };
}

const when = {
  present: 'the IOMMU is there from the start',
  later: 'the IOMMU comes later',
  either: 'the IOMMU is there from the start or comes later',
};

/**
 * One device in question beside one on the partner bus, in one group that a user wants through a container: the IOMMU is there
 * or comes later, and both join when added or at their first bind. Enough to see most of what there is, quickly.
 */
export function besideAnother(sides: Pair<Side>, buses: Pair<Bus>, partner: Bus): Generated {
  const shape: Shape = { groups: [['side', 'partner']], alone: [] };
  const users: readonly User[] = [{ name: 'u0', through: 'container' }];
  const facts = buses.map((bus) => [bus.example(nameOf(0))]) as unknown as Pair<readonly Facts[]>;
  const generating = { buses, partner };
  return {
    machines: (['present', 'later'] as const).flatMap((iommu) =>
      joiningUnder(sides).map((joins) => pairOf(shape, users, iommu, joins, facts, generating)),
    ),
    says: [
      'a device of the bus beside one of another bus (PCI, or platform where PCI is in question), in one group, with a kernel driver and a VFIO driver each; a user through a container',
      'the IOMMU is there from the start or comes later; devices join when added, or before 6.15 at their first bind',
    ],
  };
}

/** Where one kernel has devices join when they are added, whatever is said, it is no news that the other does not. */
const joiningUnder = (sides: Pair<Side>): readonly Device['joins'][] =>
  sides.some(({ strategy }) => strategy.surroundings.iommu.walkCallsHooks)
    ? ['when added']
    : ['when added', 'at first bind'];

/** Devices by group: each `side` or `partner`. The last one holds those without a group. */
type Shape = { readonly groups: readonly (readonly Place[])[]; readonly alone: readonly Place[] };
type Place = 'side' | 'partner';

/** Every way to put so many devices into so many groups, up to names; one of them at least is on the bus in question. */
function* shapes(devices: number, groups: number, withPartner: boolean): Generator<Shape> {
  const found = new Set<string>();
  const places: readonly Place[] = withPartner ? ['side', 'partner'] : ['side'];
  const choices = Array.from({ length: groups + 1 }, (_, group) => places.map((place) => ({ group, place }))).flat();
  yield* fill([]);

  /** In the order of the choices: in another order they come to the same. */
  function* fill(chosen: readonly number[]): Generator<Shape> {
    if (chosen.length < devices) {
      for (let choice = chosen.at(-1) ?? 0; choice < choices.length; choice++) yield* fill([...chosen, choice]);
      return;
    }
    const taken = chosen.map((choice) => choices[choice]!);
    const [alone = [], ...others] = Array.from({ length: groups + 1 }, (_, group) =>
      taken.flatMap((one) => (one.group === group ? [one.place] : [])).toSorted(),
    );
    if (others.some((one) => one.length === 0) || !taken.some(({ place }) => place === 'side')) return;
    const shape = { groups: others.toSorted((x, y) => (x.join() < y.join() ? -1 : 1)), alone };
    const text = JSON.stringify(shape);
    if (found.has(text)) return;
    found.add(text);
    yield shape;
  }
}

function usersOf(most: number, iommufd: boolean): readonly (readonly User[])[] {
  if (most === 0) return [[]];
  const kinds: readonly User['through'][] = iommufd ? ['container', 'iommufd'] : ['container'];
  let combined: readonly (readonly User['through'][])[] = [[]];
  const all: (readonly User['through'][])[] = [];
  for (let users = 1; users <= most; users++) {
    combined = combined.flatMap((some) =>
      kinds.filter((kind) => kind >= (some.at(-1) ?? '')).map((kind) => [...some, kind]),
    );
    all.push(...combined);
  }
  return all.map((some) => some.map((through, at) => ({ name: `u${at}`, through })));
}

/** For each side, the facts of the devices in question: the bus's example, and whatever its own rules look at. */
function factsOf({ groups, alone }: Shape, buses: Pair<Bus>): readonly Pair<readonly Facts[]>[] {
  const names = [...groups.flat(), ...alone].flatMap((place, at) => (place === 'side' ? [nameOf(at)] : []));
  const [first, second] = buses.map((bus) => [names.map((name) => bus.example(name)), ...(bus.special?.(names) ?? [])]);
  const same = buses[0].name === buses[1].name;
  return first!.flatMap((one, at) => (same ? [second![at]!] : second!).map((other) => [one, other] as const));
}

const nameOf = (at: number): string => String.fromCharCode(65 + at);

function pairOf(
  { groups, alone }: Shape,
  users: readonly User[],
  iommu: Machine['iommu'],
  joins: Device['joins'],
  facts: Pair<readonly Facts[]>,
  { buses, partner }: Pick<Generating, 'buses' | 'partner'>,
): Pair<Machine> {
  const places = [
    ...groups.flatMap((some, group) => some.map((place) => ({ place, group: `group ${group}` }))),
    ...alone.map((place) => ({ place, group: undefined })),
  ];
  return [machineOf(0), machineOf(1)];

  function machineOf(side: 0 | 1): Machine {
    let asked = 0;
    const devices = places.map(({ place, group }, at): Device => {
      const bus = place === 'side' ? buses[side] : partner!;
      const name = nameOf(at);
      const device = {
        name,
        bus: bus.name,
        facts: place === 'side' ? facts[side][asked++]! : bus.example(name),
        joins,
        direct: false,
        bridge: false,
        drivers: [kernelDriver('kernel'), userDriver('vfio')],
      };
      return group === undefined || bus.isolation(device).length === 0 ? device : { ...device, group };
    });
    return machine(describe(devices, users, iommu, joins), { devices, users, iommu });
  }
}

function describe(
  devices: readonly Device[],
  users: readonly User[],
  iommu: Machine['iommu'],
  joins: Device['joins'],
): string {
  const about = devices.map(
    ({ name, bus, group }) => `${name} (${bus}${group === undefined ? ', no group' : `, ${group}`})`,
  );
  const who = users.map(({ name, through }) => `${name} (${through})`);
  return [
    about.join(', '),
    ...(who.length > 0 ? [`user ${who.join(', ')}`] : []),
    ...(iommu === 'later' ? ['the IOMMU comes later'] : []),
    ...(joins === 'at first bind' ? ['devices join at their first bind'] : []),
  ].join('; ');
}

/** Neither side's machine falls into parts in the same way as the other's. */
const isWhole = (pair: Pair<Machine>, sides: Pair<Side>): boolean =>
  pair[0].devices.length === 1 ||
  pair.some((one, side) => {
    const { buses, strategy } = sides[side]!;
    return partsOf(one, kindsOf(one, buses, strategy), buses, [strategy]).length === 1;
  });
