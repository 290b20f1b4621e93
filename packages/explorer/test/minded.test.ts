import {
  defineBus,
  defineStrategy,
  device,
  EBUSY,
  kernelDriver,
  machine,
  mindedUnder,
  OK,
  principles,
  strategies,
  type Bus,
  type Device,
  type Driver,
  type GroupView,
  type Machine,
  type Principle,
  type Strategy,
} from '@busward/core';
import { compare, diff, pairsOf, type Side } from '@busward/explorer';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { describe, expect, it } from '@jest/globals';

/* Plugins that tell apart devices which core knows nothing different of: by a fact, a name, or where they stand. */

const linux73 = strategies.find(({ name }) => name === '7.3')!;

/** Devices of one group with the same facts, but that the last one is not trusted. */
const alike = (count: number, bus: Bus = pci): Machine =>
  machine(`${count} devices`, {
    devices: Array.from({ length: count }, (_, at) =>
      device(bus, `D${at}`, { group: 'g', facts: { ...bus.example('D'), trusted: at < count - 1 } }),
    ),
  });

/** 7.3, but that `use` lets pass whom it spares, and counts nothing then. */
const sparing = (name: string, spares: (dev: Device, group: GroupView) => boolean): Strategy =>
  defineStrategy({
    ...linux73,
    name,
    ownership: (section, bus) => ({
      ...linux73.ownership(section, bus),
      use: (dev) =>
        section(dev, 'use', [OK, EBUSY], (group) => {
          if (!group || spares(dev, group)) return OK;
          if (group.ownerCount > 0 && group.owner !== 'none') return EBUSY;
          group.ownerCount += 1;
          return OK;
        }),
    }),
  });

const isTrusted = ({ facts }: Device): boolean => facts['trusted'] !== false;
const under = {
  'a fact of the device': sparing('fact', (dev) => !isTrusted(dev)),
  'a fact, looked at before the section': defineStrategy({
    ...linux73,
    name: 'fact before',
    ownership(section, bus) {
      const own = linux73.ownership(section, bus);
      return {
        ...own,
        use(dev) {
          const trusted = isTrusted(dev);
          return trusted ? own.use(dev) : section(dev, 'iommu_device_use_default_domain', [OK, EBUSY], () => OK);
        },
      };
    },
  }),
  'a name, looked at before the section': defineStrategy({
    ...linux73,
    name: 'name before',
    ownership(section, bus) {
      const own = linux73.ownership(section, bus);
      return { ...own, use: (dev) => (dev.name === 'D1' ? section(dev, 'spares', [OK], () => OK) : own.use(dev)) };
    },
  }),
  'a fact of a member': sparing('fact of a member', (_, { members }) =>
    members.some((one) => one.driver && !isTrusted(one.device)),
  ),
  'the name of the device': sparing('name', (dev) => dev.name === 'D1'),
  'which member is the last': sparing('last', (dev, { members }) => members.at(-1)?.device === dev),
};

const of = (strategy: Strategy, on: Machine, own: readonly Principle[], more: object = {}) => {
  const bus = on.devices[0]!.bus;
  const buses = [pci, wary, giving].filter(({ name }) => name === bus);
  const { rows } = compare({ machine: on, buses, strategies: [strategy], principles: own, ...more });
  return rows[0]!.verdicts.get(bus)!;
};
const breaks = (...asked: Parameters<typeof of>): readonly string[] => {
  const verdict = of(...asked);
  return verdict.kind === 'broken' ? verdict.breaks : [];
};
/** That and what is said to be undecided. */
const mayBreak = (...asked: Parameters<typeof of>): readonly string[] => {
  const verdict = of(...asked);
  return [...('breaks' in verdict ? verdict.breaks : []), ...('undecided' in verdict ? verdict.undecided : [])];
};

/** A bus that knows of its own whom kernel drivers must not have. */
const wary = defineBus({
  ...pci,
  name: 'wary',
  refine: {
    says: 'no kernel driver for who is trusted',
    of: (dev, all) => all.filter((one) => one.bus === dev.bus && one !== dev),
    judge: (dev, by) => (by === 'kernel' && isTrusted(dev) ? EBUSY : OK),
  },
});

const broken: Principle = {
  id: 'X1',
  name: 'who is not trusted has no driver',
  sentence: 'a device that is not trusted has no driver',
  source: 'made up here',
  outcome: 'exposed',
  states: (group) => group.members.filter((one) => !isTrusted(one) && group.bound(one)),
};
const named: Principle = {
  ...broken,
  states: (group) => group.members.filter((one) => one.name === 'D2' && group.bound(one)),
};

// Who is told apart by name is not reduced at all.
const few = { limits: { maxStates: 50_000 } };

/** Two groups of two like devices. */
const inTwo: Machine = machine('two groups', {
  devices: alike(4).devices.map((dev, at) => ({ ...dev, group: at < 2 ? 'g' : 'h' })),
});
const linux66 = strategies.find(({ name }) => name === '6.6')!;

/**
 * One of nine, or of the second group: whoever is not among the few that stand for all. Made anew, since what a strategy was seen to
 * mind is known of it for good.
 */
const oneByName = {
  'the name of a device': () => sparing('name', (dev) => dev.name === 'D3'),
  'the name of a member': () =>
    sparing('name of a member', (dev, { members }) =>
      members.some((one) => one.device.name === 'D3' && one.device === dev),
    ),
  'the name of its driver': () => sparing('name of a driver', (dev) => dev.drivers.some(({ name }) => name === 'odd')),
  'names where it stands': () =>
    defineStrategy({
      ...linux73,
      name: 'name where it stands',
      at: {
        ...linux73.at,
        *configure(dev, _, hook, own) {
          if (dev.name !== 'D3') return yield* hook.run();
          yield* own.unuse(dev);
          return yield* hook.run();
        },
      },
    }),
};
const oddlyDriven = (plain: Machine): Machine =>
  machine(plain.name, {
    devices: plain.devices.map((dev) =>
      dev.name === 'D3'
        ? { ...dev, drivers: dev.drivers.map((one, at) => (at === 0 ? { ...one, name: 'odd' } : one)) }
        : dev,
    ),
  });

const everyGroup: Principle = {
  id: 'X2',
  name: 'one at a time',
  sentence: 'while one group is granted no other is held',
  source: 'made up here',
  outcome: 'exposed',
  events: {
    granted: ({ group }, moment) => (moment.of(group === 'g' ? 'h' : 'g').holders.length > 0 ? moment.devices : []),
  },
};

/** 7.3 on a bus that gives nothing back for who is not trusted, and does all else as pci. */
const giving = defineBus({
  ...pci,
  name: 'giving',
  *dma_unconfigure(dev, kernel) {
    if (!isTrusted(dev)) return;
    const driver = yield* kernel.driver.read(dev);
    if (driver && !driver.managesDma) yield* kernel.ownership.unuse(dev);
  },
});
/** Kernel drivers only, whose binds cannot fail; and one device for users. */
const withoutVfio = ({ name, devices }: Machine): Machine =>
  machine(name, {
    devices: devices.map((dev, at) => (at === 0 ? dev : { ...dev, drivers: dev.drivers.slice(0, 1) })),
  });
/** Nobody's name or group is told: the one is first, and the other is odd. */
const oddAt = (at: number, on: Machine): Machine =>
  machine(on.name, {
    devices: on.devices.map((dev, here) => ({ ...dev, facts: { ...dev.facts, trusted: here !== at } })),
  });

const startedBeside: Principle = {
  id: 'X3',
  name: 'one thing at a time',
  sentence: 'while a driver starts nothing else is in flight',
  source: 'made up here',
  outcome: 'exposed',
  events: {
    started: ({ device: name }, { alone, devices }) => (alone ? [] : devices.filter((one) => one.name === name)),
  },
};

const legacy = strategies.find(({ name }) => name === 'legacy')!;
const oddBesideUser: Principle = {
  ...broken,
  states: (group) =>
    group.holders.length > 0 ? group.members.filter((one) => !isTrusted(one) && group.active(one)) : [],
};
const oneEach = machine('one each', {
  devices: inTwo.devices.filter((_, at) => at % 2 === 0).map((dev) => ({ ...dev, drivers: dev.drivers.slice(0, 1) })),
});
/** 6.6, but that nobody gets anything. */
const refusing = defineStrategy({
  ...linux66,
  name: 'refusing',
  ownership: (section, bus) => ({
    ...linux66.ownership(section, bus),
    use: (dev) => section(dev, 'use', [EBUSY], () => EBUSY),
    claim: ({ group }) => section(group, 'claim', [EBUSY], () => EBUSY),
  }),
});

it.each(strategies)('$name looks at no names and no facts, nor do principles', (strategy) => {
  const own: Strategy = { ...strategy };
  const sorts: readonly Bus[] = [pci, host1x];
  const users = (['container', 'iommufd'] as const).map((through, at) => ({ name: `u${at}`, through }));
  const drivers = [{ ...kernelDriver('own'), ownDomain: true }] as const;
  const devices = [
    ...sorts.flatMap((bus) =>
      [true, false].map((direct) => device(bus, `${bus.name} ${direct}`, { group: 'g', direct })),
    ),
    device(pci, 'own', { group: 'g', drivers }),
  ];
  const all = machine('all sorts', { devices, users, iommu: 'later' });
  compare({ machine: all, buses: sorts, strategies: [own], principles, limits: { maxStates: 20_000 } });
  expect(mindedUnder(own)).toEqual({ facts: new Set(), names: new Set() });
});

describe('what a plugin tells devices apart by is seen', () => {
  it('a fact that it only asks for by hasOwn', () => {
    const own = sparing('own fact', ({ facts }) => !Object.hasOwn(facts, 'plain'));
    const [first, ...rest] = alike(30).devices;
    const facts = { ...first!.facts, plain: true };
    const devices = [first!, ...rest].map((dev, at) => ({ ...dev, facts: at === 15 ? dev.facts : facts }));
    expect(breaks(own, machine('30', { devices }), principles, few)).toContain('P1');
  });

  it('a fact that a bus looks at where it gives back, of devices whose binds cannot fail', () => {
    const truth = breaks(linux73, oddAt(1, withoutVfio(alike(2, giving))), principles, { reduction: false });
    expect(truth).toEqual(['P4', 'P19']);
    const many = oddAt(10, withoutVfio(alike(14, giving)));
    expect(breaks(linux73, many, principles, few)).toEqual(truth);
    const devices = oddAt(3, alike(4, giving)).devices.map((dev, at) => ({
      ...dev,
      group: at < 2 ? 'g' : 'h',
      drivers: dev.drivers.slice(0, at % 2 === 0 ? 2 : 1),
    }));
    expect(breaks(linux73, machine('two groups', { devices }), principles, {})).toEqual(truth);
  });

  it('which group has no iommu_ops', () => {
    const on: Machine = { ...inTwo, withoutOps: { h: 'fake' } };
    const apart = machine('h', { devices: inTwo.devices.slice(2), withoutOps: { h: 'fake' } });
    const truth = breaks(linux66, apart, principles, { reduction: false });
    expect(truth).toEqual(['P1', 'P2']);
    expect(breaks(linux66, on, principles)).toEqual(truth);
  });

  it('of which type the default domain of a group is', () => {
    const own = { ...kernelDriver('own'), ownDomain: 'identity' } as const;
    const typed = (devices: readonly Device[]): Machine =>
      machine('types', {
        devices: devices.map((dev) => ({ ...dev, drivers: [own, ...dev.drivers.slice(1)] })),
        types: { now: { g: 'identity', h: 'DMA' }, auto: 'DMA' },
      });
    const linux61 = strategies.find(({ name }) => name === '6.1')!;
    const truth = breaks(linux61, typed(inTwo.devices.slice(2)), principles, { reduction: false });
    expect(truth).toEqual(['P19']);
    expect(breaks(linux61, typed(inTwo.devices), principles)).toEqual(truth);
  });

  it('a principle that asks whether nothing else is in flight, in whichever group', () => {
    expect(breaks(linux66, oneEach, [startedBeside], { reduction: false })).toEqual(['X3']);
    expect(breaks(linux66, oneEach, [startedBeside])).toEqual(['X3']);
  });

  it('who is last of many, where two break nothing; on one bus and on two', () => {
    const lastIn = ({ members }: GroupView, dev: Device): boolean =>
      members.at(-1)?.device === dev && members.filter(({ driver }) => driver === undefined).length > 1;
    const spares = (): Strategy => sparing('last of several', (dev, group) => lastIn(group, dev));
    expect(breaks(spares(), alike(2), principles)).toEqual([]);
    const truth = breaks(spares(), alike(3), principles, { reduction: false });
    expect(truth).toContain('P1');
    for (const count of [6, 9, 30])
      expect(mayBreak(spares(), alike(count), principles, few)).toEqual(expect.arrayContaining([...truth]));
    const onTwo = alike(10).devices.map((dev, at) => (at % 2 === 0 ? dev : { ...dev, bus: 'giving' }));
    const [row] = compare({
      machine: machine('two buses', { devices: onTwo }),
      buses: [pci, giving],
      strategies: [spares()],
      principles,
      ...few,
    }).rows;
    expect([...row!.verdicts.values()].map(({ kind }) => kind)).not.toContain('isolated');
  });

  it('a section at another group, beside a strategy that has none', () => {
    const own = defineStrategy({
      ...linux73,
      name: 'at another group',
      ownership(section, bus) {
        const plain = linux73.ownership(section, bus);
        return { ...plain, use: (dev) => (isTrusted(dev) ? plain.use(dev) : section('h', 'use', [OK], () => OK)) };
      },
    });
    const three = alike(3).devices;
    const on = machine('two groups', { devices: [...three, { ...three[0]!, name: 'E', group: 'h' }] });
    const { rows } = compare({ machine: on, buses: [pci], strategies: [own, linux73], principles });
    expect(rows.map(({ verdicts }) => verdicts.get('pci')!.kind)).toEqual(['broken', 'isolated']);
  });

  it.each(Object.entries(oneByName))('%s that nothing else is known of, where few stand for many', (_, made) => {
    const truth = breaks(made(), oddlyDriven(alike(4)), principles, { limits: { maxStates: 2_000_000 } });
    expect(truth.length).toBeGreaterThan(0);
    for (const count of [4, 6, 9, 30])
      expect(mayBreak(made(), oddlyDriven(alike(count)), principles, few)).toEqual(expect.arrayContaining([...truth]));
  });

  it.each(Object.entries(oneByName))('%s in one of two groups', (_, made) => {
    const apart = machine('h', { devices: oddlyDriven(inTwo).devices.slice(2) });
    const truth = breaks(made(), apart, principles, { reduction: false });
    expect(truth.length).toBeGreaterThan(0);
    expect(breaks(made(), oddlyDriven(inTwo), principles)).toEqual(truth);
  });

  it('the name of a group that is claimed', () => {
    const own = defineStrategy({
      ...linux73,
      name: 'name of a group',
      ownership: (section, bus) => ({
        ...linux73.ownership(section, bus),
        claim: ({ group, user }) =>
          section(group, 'claim', [OK, EBUSY], (view) => {
            if (group !== 'h' && view.ownerCount > 0) return EBUSY;
            view.owner = `user ${user.name}`;
            view.ownerCount += 1;
            return OK;
          }),
      }),
    });
    expect(breaks(own, inTwo, principles)).toContain('P1');
  });

  it('a principle that looks at two groups, which are looked at together then', () => {
    const two = machine('two', { devices: alike(2).devices.map((dev, at) => ({ ...dev, group: 'gh'[at]! })) });
    expect(breaks(linux66, two, [everyGroup], { reduction: false })).toEqual(['X2']);
    expect(breaks(linux66, two, [everyGroup])).toEqual(['X2']);
  });

  it('several members that do one thing, and several another, and a third', () => {
    const several = ({ members }: GroupView, is: (driver: Driver | undefined) => boolean): boolean =>
      members.filter(({ driver }) => is(driver)).length > 1;
    const own = defineStrategy({
      ...linux73,
      name: 'several of each',
      ownership: (section, bus) => ({
        ...linux73.ownership(section, bus),
        claim: ({ group, user }) =>
          section(group, 'claim', [OK, EBUSY], (view) => {
            const isEach =
              several(view, (driver) => driver === undefined) &&
              several(view, (driver) => driver?.managesDma === true) &&
              several(view, (driver) => driver?.managesDma === false);
            if (view.ownerCount > 0 && !isEach) return EBUSY;
            view.setDomain('blocking');
            view.owner = `user ${user.name}`;
            view.ownerCount = Math.max(1, view.ownerCount);
            return OK;
          }),
      }),
    });
    const one = { inFlight: 1 };
    expect(breaks(own, alike(5), principles, { ...one, reduction: false })).toEqual([]);
    const truth = breaks(own, alike(6), principles, { ...one, reduction: false });
    expect(truth).toContain('P1');
    for (const more of [one, few])
      expect(mayBreak(own, alike(9), principles, more)).toEqual(expect.arrayContaining([...truth]));
  });

  it.each<[string, Strategy, Machine, Principle]>([
    ['a fact', legacy, oddAt(1, inTwo), oddBesideUser],
    ['another group', linux66, inTwo, everyGroup],
    ['being alone', linux66, oneEach, startedBeside],
  ])('a principle that asks for %s, where two are compared', (_, breaking, on, principle) => {
    const sideOf = (strategy: Strategy): Side => ({ name: strategy.name, strategy, buses: [pci] });
    const sides = [sideOf(breaking), sideOf(breaking === legacy ? linux66 : refusing)] as const;
    const own = [principle];
    const { finding } = diff({ sides, machines: pairsOf(on, sides, own).machines, principles: own, by: 'principles' });
    expect(finding).toMatchObject({ kind: 'different', breaks: [[principle.id], []] });
  });

  // Expected is what every state of three says, without reductions. Whatever three can break, more can.
  it.each(Object.entries(under))('a strategy that minds %s', (_, strategy) => {
    const truth = breaks(strategy, alike(3), principles, { reduction: false });
    expect(truth).toContain('P1');
    expect(breaks(strategy, alike(3), principles)).toEqual(truth);
    for (const count of [4, 6, 9, 30])
      expect(mayBreak(strategy, alike(count), principles, few)).toEqual(expect.arrayContaining([...truth]));
  });

  it('a strategy that minds a fact, of groups that are alike under the last strategy', () => {
    const [first, last] = alike(2).devices;
    const devices = [first!, { ...last!, group: 'h' }];
    const strategy = sparing('fact in a group', (dev) => !isTrusted(dev));
    const { rows } = compare({
      machine: machine('groups', { devices }),
      buses: [pci],
      strategies: [strategy, linux73],
      principles,
    });
    expect(rows.map(({ verdicts }) => verdicts.get('pci')!.kind)).toEqual(['broken', 'isolated']);
  });

  it('a bus whose refinement judges by a fact', () => {
    const strategy = strategies.find(({ name }) => name === 'v1')!;
    const truth = breaks(strategy, alike(3, wary), principles, { reduction: false });
    expect(truth.length).toBeGreaterThan(0);
    for (const count of [3, 4, 6, 9, 30])
      expect(breaks(strategy, alike(count, wary), principles)).toEqual(expect.arrayContaining([...truth]));
  });

  it.each([broken, named])('a principle that speaks of some devices only', (principle) => {
    expect(breaks(linux73, alike(3), [principle], { reduction: false })).toEqual(['X1']);
    for (const count of [3, 4, 6, 9, 30]) expect(breaks(linux73, alike(count), [principle], few)).toEqual(['X1']);
  });
});
