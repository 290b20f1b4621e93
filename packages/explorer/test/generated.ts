import {
  assemble,
  defineBus,
  defineStrategy,
  device,
  EBUSY,
  EPERM,
  kernelDriver,
  linux61,
  machine,
  menuOf,
  OK,
  strategies,
  userDriver,
  type Bus,
  type Device,
  type GroupView,
  type Machine,
  type Strategy,
  type System,
  type User,
} from '@busward/core';
import { DevicesUnlike } from '../src/devices/agree.ts';
import fc from 'fast-check';

/* Plugins and machines that nobody has written: what holds of ours only by luck does not hold of these. */

/** A guard over a section's view: any of these refuses. */
const conditions = {
  counted: (group: GroupView) => group.ownerCount > 0,
  'counted twice': (group: GroupView) => group.ownerCount > 1,
  owned: (group: GroupView) => group.owner !== 'none',
  'owned by a user': (group: GroupView) => group.owner.startsWith('user'),
  'owned by the first user': (group: GroupView) => group.owner === 'user u0',
  'owned by the kernel': (group: GroupView) => group.owner === 'kernel',
  moved: (group: GroupView) => group.domain !== group.defaultDomain,
  blocked: (group: GroupView) => group.domain === 'blocking',
  'a kernel driver': (group: GroupView) => group.members.some(({ driver }) => driver?.managesDma === false),
  'two bound': (group: GroupView) => group.members.filter(({ driver }) => driver !== undefined).length > 1,
  'nobody bound': (group: GroupView) => group.members.every(({ driver }) => driver === undefined),
} as const;
type Condition = keyof typeof conditions;

const effects = {
  'count up': (group: GroupView) => void (group.ownerCount += 1),
  'count down': (group: GroupView) => void (group.ownerCount = Math.max(0, group.ownerCount - 1)),
  'count nothing': (group: GroupView) => void (group.ownerCount = 0),
  'owner: kernel': (group: GroupView) => void (group.owner = 'kernel'),
  'owner: none': (group: GroupView) => void (group.owner = 'none'),
  block: (group: GroupView) => void group.setDomain('blocking'),
  'back to default': (group: GroupView) => void group.setDomain(group.defaultDomain),
  'no domain': (group: GroupView) => void group.setDomain('none'),
} as const;
type Effect = keyof typeof effects;

/** What a verb's section does: refuses if one of `unless` is true, else does everything of `does` that `when` allows. */
interface Deed {
  readonly unless: readonly Condition[];
  readonly does: readonly Effect[];
  readonly when?: Condition;
}

const deed = (most: number): fc.Arbitrary<Deed> =>
  fc.record(
    {
      unless: fc.uniqueArray(fc.constantFrom(...(Object.keys(conditions) as Condition[])), { maxLength: most }),
      does: fc.uniqueArray(fc.constantFrom(...(Object.keys(effects) as Effect[])), { maxLength: 2 }),
      when: fc.constantFrom(...(Object.keys(conditions) as Condition[])),
    },
    { requiredKeys: ['unless', 'does'] },
  );

const carryOut = ({ unless, does, when }: Deed, group: GroupView): boolean => {
  if (unless.some((one) => conditions[one](group))) return false;
  if (!when || conditions[when](group)) for (const one of does) effects[one](group);
  return true;
};

/** Whom a check may spare: what tells devices apart that are else alike. */
const spared = {
  'who has a fact': (dev: Device) => dev.facts['odd'] === true,
  'who has a name': (dev: Device) => dev.name === 'D1',
  'who is last': (dev: Device, group: GroupView) => group.members.at(-1)?.device === dev,
} as const;

const generatedStrategy = (bases: readonly Strategy[] = strategies): fc.Arbitrary<Strategy> =>
  fc
    .record({
      base: fc.constantFrom(...bases),
      use: deed(2),
      unuse: deed(0),
      claim: deed(2),
      release: deed(0),
      favours: fc.option(fc.constant('u0'), { nil: undefined, freq: 2 }),
      spares: fc.option(fc.constantFrom(...(Object.keys(spared) as (keyof typeof spared)[])), {
        nil: undefined,
        freq: 1,
      }),
      replaced: fc.uniqueArray(fc.constantFrom('use', 'unuse', 'claim', 'release'), { minLength: 1 }),
      placement: fc.constantFrom('bus', 'before', 'around'),
    })
    .map(({ base, use, unuse, claim, release, favours, spares, replaced, placement }) =>
      defineStrategy({
        ...base,
        name: 'generated',
        says: JSON.stringify({ base: base.name, use, unuse, claim, release, favours, spares, replaced, placement }),
        ownership(section, bus) {
          const own = base.ownership(section, bus);
          const is = (verb: (typeof replaced)[number]): boolean => replaced.includes(verb);
          return {
            ...own,
            ...(is('use') && {
              use: (dev) =>
                section(dev, 'use', [OK, EBUSY], (group) => {
                  const isSpared = group && spares && spared[spares](dev, group);
                  return !group || isSpared || carryOut(use, group) ? OK : EBUSY;
                }),
            }),
            ...(is('unuse') && {
              unuse: (dev) => section(dev, 'unuse', [OK], (group) => (group && carryOut(unuse, group), OK)),
            }),
            ...(is('claim') &&
              own.claim && {
                claim: ({ group, user }) =>
                  section(group, 'claim', [OK, EPERM], (view) => {
                    if (user.name !== favours && !carryOut(claim, view)) return EPERM;
                    view.owner = `user ${user.name}`;
                    return OK;
                  }),
              }),
            ...(is('release') &&
              own.release && {
                release: ({ group }) =>
                  section(group, 'release', [OK], (view) => {
                    carryOut(release, view);
                    view.owner = 'none';
                    return OK;
                  }),
              }),
          };
        },
        at:
          placement === 'bus'
            ? base.at
            : placement === 'before'
              ? {
                  ...base.at,
                  busUse: 'nothing',
                  *beforeDriverSet(dev, driver, own) {
                    return driver.managesDma ? OK : yield* own.use(dev);
                  },
                }
              : {
                  ...base.at,
                  *configure(dev, driver, hook, own) {
                    const verdict = yield* hook.run();
                    return verdict === OK && !driver.managesDma ? yield* own.use(dev) : verdict;
                  },
                },
      }),
    );

const hooks = fc.record({
  order: fc.shuffledSubarray(['firmware', 'read', 'read again', 'use', 'teardown'] as const, { minLength: 1 }),
  finds: fc.boolean(),
  bypasses: fc.boolean(),
  cleanup: fc.constantFrom('as driver says', 'always', 'never', 'twice'),
  refines: fc.option(
    fc.record({
      at: fc.constantFrom('all', 'first'),
      by: fc.constantFrom('kernel', 'user'),
      if: fc.constantFrom('owned', 'driver'),
      only: fc.option(fc.constant('who has a fact'), { nil: undefined, freq: 2 }),
    }),
    { nil: undefined },
  ),
});

const busCalled = (
  name: string,
  { order, finds, bypasses, cleanup, refines }: typeof hooks extends fc.Arbitrary<infer T> ? T : never,
): Bus =>
  defineBus({
    name,
    source: 'generated',
    says: JSON.stringify({ order, finds, bypasses, cleanup, refines }),
    *dma_configure(dev, kernel) {
      let driver;
      let wasRead = false;
      let admitted;
      for (const step of order) {
        if (step === 'firmware') {
          const configured = yield* kernel.firmware.configure(dev, finds ? { node: dev.name } : undefined);
          if (configured !== OK) return configured;
        } else if (step === 'use') {
          if (wasRead && (driver === undefined || driver.managesDma)) continue;
          const verdict = yield* kernel.ownership.use(dev);
          if (verdict !== OK) return verdict;
          admitted = verdict;
        } else if (step === 'teardown') yield* kernel.dma.teardown(dev);
        else {
          driver = yield* kernel.driver.read(dev);
          wasRead = true;
        }
      }
      if (admitted) return admitted;
      if (wasRead && (driver === undefined || driver.managesDma)) return kernel.ownership.notNeeded(driver);
      return bypasses ? kernel.ownership.bypass('generated') : yield* kernel.ownership.use(dev);
    },
    *dma_unconfigure(dev, kernel) {
      if (cleanup === 'never') return;
      const driver = yield* kernel.driver.read(dev);
      const counts = driver !== undefined && !driver.managesDma;
      if (counts || cleanup === 'always') yield* kernel.ownership.unuse(dev);
      if (cleanup === 'twice' && counts) yield* kernel.ownership.unuse(dev);
    },
    example: () => ({}),
    firmware: (dev) => ({ node: dev.name }),
    recognise: () => undefined,
    isolation: () => [],
    managedDrivers: [userDriver('vfio-generated')],
    ...(refines && {
      refine: {
        says: 'generated',
        of: (dev, all) =>
          refines.at === 'all' ? all.filter((one) => one !== dev) : all.filter((one) => one !== dev && one === all[0]),
        judge: (dev, by, seen) =>
          by === refines.by &&
          (!refines.only || dev.facts['odd'] === true) &&
          seen.some(({ driver, ownedByUser }) => (refines.if === 'owned' ? ownedByUser : driver?.managesDma === false))
            ? EBUSY
            : OK,
      },
    }),
    history: [],
  });

const generatedBus: fc.Arbitrary<Bus> = hooks.map((said) => busCalled('generated', said));

const kernelOnly = { drivers: [kernelDriver('kernel-driver')] };

/** Which devices refuse the blocking domain, of so many in a row. */
const refusals = {
  none: () => false,
  all: () => true,
  last: (at: number, of: number) => at === of - 1,
  'every other': (at: number) => at % 2 === 0,
  between: (at: number, of: number) => at > 0 && at < of - 1,
} as const;

type Through = User['through'];

const generatedMachine = (
  bus: Bus,
  crowd: number,
  mostUsers: number,
  ways: readonly Through[],
): fc.Arbitrary<Machine> =>
  fc
    .record({
      joins: fc.constantFrom('when added', 'at first bind'),
      refusing: fc.constantFrom<keyof typeof refusals>('none', 'all', 'last', 'every other', 'between'),
      for: fc.constantFrom('a region', 'a fault'),
      single: fc.constantFrom('none', 'same group', 'own group'),
      users: fc.array(fc.constantFrom(...ways), { minLength: 1, maxLength: mostUsers }),
    })
    .map(({ joins, refusing, for: why, single, users }) => {
      const like = Array.from({ length: crowd }, (_, at) =>
        device(bus, `D${at}`, {
          group: 'g',
          joins,
          facts: { odd: at === crowd - 2 },
          ...(refusals[refusing](at, crowd) && (why === 'a fault' ? { failsToAttach: 'blocking' } : { direct: true })),
        }),
      );
      const other =
        single === 'none'
          ? []
          : [device(bus, 'S', { ...kernelOnly, group: single === 'own group' ? 'h' : 'g', joins })];
      return machine('generated', {
        devices: [...other, ...like],
        users: users.map((through, at) => ({ name: `u${at}`, through })),
      });
    });

export interface Generated {
  readonly machine: Machine;
  readonly strategy: Strategy;
  readonly buses: readonly Bus[];
}

/**
 * A machine with `crowd` devices on a generated bus and up to so many users, under a generated strategy. Where they go through
 * iommufd only, it is of a kernel that has it.
 */
export const generated = (
  crowd: number,
  mostUsers = 1,
  ways: readonly Through[] = ['container', 'iommufd'],
): fc.Arbitrary<Generated> => {
  const bases = strategies.filter((one) => ways.includes('container') || one.surroundings.vfio.iommufd);
  return fc
    .tuple(
      generatedBus,
      fc.oneof(
        { weight: 3, arbitrary: generatedStrategy(bases) },
        { weight: 1, arbitrary: fc.constantFrom(...bases, linux61) },
      ),
    )
    .chain(([bus, strategy]) =>
      generatedMachine(bus, crowd, mostUsers, ways).map((of) => ({ machine: of, strategy, buses: [bus] })),
    );
};

/** The same, under a strategy of ours that spares one of the devices which are else alike. */
export const generatedSparing = (crowd: number): fc.Arbitrary<Generated> =>
  fc
    .tuple(
      generatedBus,
      fc.constantFrom(...strategies, linux61),
      fc.constantFrom('who has a fact' as const, 'who has a name' as const),
    )
    .chain(([bus, base, spares]) => {
      const strategy = defineStrategy({
        ...base,
        name: 'generated',
        says: JSON.stringify({ base: base.name, spares }),
        ownership(section, on) {
          const own = base.ownership(section, on);
          return {
            ...own,
            use: (dev) => (spared[spares](dev) ? section(dev, 'use', [OK], () => OK) : own.use(dev)),
          };
        },
      });
      return generatedMachine(bus, crowd, 1, ['container']).map((of) => ({ machine: of, strategy, buses: [bus] }));
    });

/** Whether a plugin may tell devices apart that core knows nothing different of. */
export const tellsApart = ({ strategy, buses }: Generated): boolean =>
  [strategy, ...buses].some(({ says }) => /"(spares|only)":"/.test(says));

/**
 * What a search says where devices are taken to be alike, unless they are told apart: by a plugin, or by 5.10, which looks at two
 * one by one.
 */
export function unlessApart<T>(one: Generated, search: () => T): T | 'apart' {
  const mayBe = tellsApart(one) || one.strategy.surroundings.vfio.scansSiblings;
  try {
    return search();
  } catch (error) {
    if (error instanceof DevicesUnlike && mayBe) return 'apart';
    throw error;
  }
}

/** What a strategy may make of the bus that a device is on, in sections that are otherwise alike. */
const biases = {
  'owns but for': (base: Strategy, one: string): Strategy['ownership'] =>
    usesOf(base, (dev, group) => {
      if (dev.bus !== one && group) group.owner = 'kernel';
      return OK;
    }),
  refuses: (base: Strategy, one: string): Strategy['ownership'] =>
    usesOf(base, (dev) => (dev.bus === one ? EBUSY : OK)),
  'claims without':
    (base: Strategy, one: string): Strategy['ownership'] =>
    (section, bus) => {
      const own = base.ownership(section, bus);
      return {
        ...own,
        ...(own.claim && {
          claim: ({ group, user }) =>
            section(group, 'claim', [OK, EPERM], (view) => {
              if (view.members.some((member) => member.device.bus === one && member.driver)) return EPERM;
              view.owner = `user ${user.name}`;
              return OK;
            }),
        }),
      };
    },
} as const;

const usesOf =
  (
    base: Strategy,
    decide: (dev: Device, group: GroupView | undefined) => typeof OK | typeof EBUSY,
  ): Strategy['ownership'] =>
  (section, bus) => ({
    ...base.ownership(section, bus),
    use: (dev) => section(dev, 'use', [OK, EBUSY], (group) => decide(dev, group)),
  });

/** Each of `each` devices on three buses in one group, of which two do the same, and the third may; or the strategy minds which it is. */
export const generatedOnBuses = (each: number): fc.Arbitrary<Generated> =>
  fc
    .tuple(
      hooks,
      fc.option(hooks, { nil: undefined }),
      generatedStrategy(),
      fc.option(fc.constantFrom(...(Object.keys(biases) as (keyof typeof biases)[])), { nil: undefined, freq: 2 }),
    )
    .map(([said, other, strategy, bias]) => {
      const buses = [said, said, other ?? said].map((one, at) => busCalled(`generated ${at}`, one));
      const devices = Array.from({ length: each * 3 }, (_, at) => device(buses[at % 3]!, `D${at}`, { group: 'g' }));
      const biased =
        bias === undefined
          ? strategy
          : { ...strategy, says: `${strategy.says} ${bias}`, ownership: biases[bias](strategy, 'generated 2') };
      return { machine: machine('generated', { devices }), strategy: biased, buses };
    });

export const openSystem = ({ machine: of, strategy, buses }: Generated, inFlight = 2): System =>
  assemble(of, strategy, buses, { kind: 'open', inFlight, menu: menuOf(of) });

/** Actors that carry out operations of the menu: `picks` has a list of numbers for each. */
export const actorsSystem = (
  { machine: of, strategy, buses }: Generated,
  picks: readonly (readonly number[])[],
): System => {
  const menu = menuOf(of);
  const actors = picks.map((list) => list.map((number) => menu[number % menu.length]!));
  return assemble(of, strategy, buses, { kind: 'actors', actors });
};

/** What it is, for a message. */
export const told = ({ machine: { devices, users }, strategy, buses }: Generated): string =>
  JSON.stringify({
    strategy: strategy.says,
    buses: buses.map(({ says }) => says),
    users,
    devices: devices.map(({ name, group, joins, direct, failsToAttach }) => [
      name,
      group,
      joins,
      direct,
      failsToAttach,
    ]),
  });
