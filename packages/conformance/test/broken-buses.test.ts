import { clausesOf, conformance, tell } from '@busward/conformance';
import {
  assemble,
  checkReadingTwice,
  checkTrustingDriver,
  configureOnly,
  configureThenCheck,
  defineBus,
  device,
  EBUSY,
  EPROBE_DEFER,
  linux73,
  machine,
  menuOf,
  OK,
  PluginError,
  stubDriver,
  userDriver,
  withoutHook,
  type Bus,
  type BusDefinition,
  type Device,
  type Facts,
  type Hooks,
  type Revision,
  type Seen,
} from '@busward/core';
import { run } from '@busward/explorer';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';

/*
 * The kit is tested by breaking buses: each is the right one but for one edit, and the clauses that notice are all
 * listed. The edits are what upstream got wrong, or drafts did, or what an author may slip into.
 */

type Ring = Facts & { readonly segment: string };
type RingDevice = Device<'ring', Ring>;

const firmware = ({ name }: RingDevice) => ({ node: `/ring/${name}` });
const right: BusDefinition<'ring', Ring> = {
  name: 'ring',
  source: 'made up',
  says: 'a ring of accelerators',
  ...configureThenCheck<'ring', Ring>(firmware),
  firmware,
  isolation: ({ facts }) => [facts.segment],
  example: (name) => ({ segment: `segment of ${name}` }),
  recognise: (name) => (/^ring\d+$/.test(name) ? { facts: { segment: name }, sure: true } : undefined),
  managedDrivers: [userDriver('vfio-ring'), stubDriver('ring-stub')],
  history: [],
};

/** The bus that is right but for the edit. */
const but = (edit: Partial<BusDefinition<'ring', Ring>>) => defineBus<'ring', Ring>({ ...right, ...edit });

/** The hooks that are the contract's but for what `after` makes of them. */
const hooks = (edit: Partial<Hooks<'ring', Ring>>): Hooks<'ring', Ring> => ({
  ...configureThenCheck<'ring', Ring>(firmware),
  ...edit,
});

/** What notices: `rule 1`, `principles`, ... */
const noticing = (bus: Bus<'ring', Ring>, options: Parameters<typeof clausesOf<'ring', Ring>>[1] = {}) =>
  clausesOf(bus, options)
    .filter(({ look }) => fails(look))
    .map(({ name }) => name.replace(/^(rule \d).*/, '$1'));

/** A plugin that breaks the contract may also be thrown out by core. */
function fails(look: () => unknown): boolean {
  try {
    return look() !== undefined;
  } catch (error) {
    if (error instanceof PluginError) return true;
    throw error;
  }
}

const PRINCIPLES = 'the principles hold';
const MORE = 'it admits nothing that the shared check refuses';
const LATE = 'the principles hold while an IOMMU registers';
const TIMES = 'hooks survive being called without a driver, twice, and at the wrong time';

describe('one edit of a right bus, and every clause that notices', () => {
  it.each<[string, readonly string[], () => Bus<'ring', Ring>]>([
    [
      'says EINVAL where the check said EBUSY',
      ['rule 1'],
      () =>
        but(
          hooks({
            *dma_configure(one, kernel) {
              const verdict = yield* right.dma_configure(one, kernel);
              return verdict === EBUSY ? 'EINVAL' : verdict;
            },
          }),
        ),
    ],
    [
      'loses the verdict, as cdx does (M22)',
      ['rule 1', 'rule 4', PRINCIPLES],
      () =>
        but(
          hooks({
            *dma_configure(one, kernel) {
              const verdict = yield* right.dma_configure(one, kernel);
              return verdict === OK ? verdict : kernel.ownership.bypass('lost');
            },
          }),
        ),
    ],
    ['never checks, as before 5.19', ['rule 1', PRINCIPLES], () => but(configureOnly(firmware, 'nobody asks'))],
    [
      'configures firmware once more after the check',
      ['rule 2'],
      () =>
        but(
          hooks({
            *dma_configure(one, kernel) {
              const configured = yield* kernel.firmware.configure(one, firmware(one));
              if (configured !== OK) return configured;
              const driver = yield* kernel.driver.read(one);
              if (driver === undefined || driver.managesDma) return kernel.ownership.notNeeded(driver);
              const verdict = yield* kernel.ownership.use(one);
              if (verdict !== OK) {
                yield* kernel.dma.teardown(one);
                return verdict;
              }
              const again = yield* kernel.firmware.configure(one, firmware(one));
              if (again === OK) return verdict;
              yield* kernel.ownership.unuse(one);
              return again;
            },
          }),
        ),
    ],
    [
      'checks before firmware is configured, as v7 did (M05)',
      ['rule 2', 'rule 4', PRINCIPLES],
      () =>
        but(
          hooks({
            *dma_configure(one, kernel) {
              const driver = yield* kernel.driver.read(one);
              if (driver && !driver.managesDma) {
                const verdict = yield* kernel.ownership.use(one);
                if (verdict !== OK) {
                  yield* kernel.dma.teardown(one);
                  return verdict;
                }
                const configured = yield* kernel.firmware.configure(one, firmware(one));
                return configured === OK ? verdict : configured;
              }
              const configured = yield* kernel.firmware.configure(one, firmware(one));
              return configured === OK ? kernel.ownership.notNeeded(driver) : configured;
            },
          }),
        ),
    ],
    [
      'checks before that, and leaves nothing behind when it is refused',
      ['rule 2', PRINCIPLES],
      () =>
        but(
          hooks({
            *dma_configure(one, kernel) {
              const driver = yield* kernel.driver.read(one);
              const verdict =
                driver && !driver.managesDma ? yield* kernel.ownership.use(one) : kernel.ownership.notNeeded(driver);
              if (verdict !== OK) return verdict;
              const configured = yield* kernel.firmware.configure(one, firmware(one));
              if (configured === OK) return verdict;
              if (driver && !driver.managesDma) yield* kernel.ownership.unuse(one);
              return configured;
            },
          }),
        ),
    ],
    [
      'leaves its DMA setup behind when it is refused',
      ['rule 3'],
      () =>
        but(
          hooks({
            *dma_configure(one, kernel) {
              const configured = yield* kernel.firmware.configure(one, firmware(one));
              if (configured !== OK) return configured;
              const driver = yield* kernel.driver.read(one);
              if (driver === undefined || driver.managesDma) return kernel.ownership.notNeeded(driver);
              return yield* kernel.ownership.use(one);
            },
          }),
        ),
    ],
    ['never gives back', ['rule 4', PRINCIPLES, LATE], () => but(hooks({ *dma_unconfigure() {} }))],
    [
      'gives back for every driver',
      ['rule 4', PRINCIPLES],
      () =>
        but(
          hooks({
            *dma_unconfigure(one, kernel) {
              if (yield* kernel.driver.read(one)) yield* kernel.ownership.unuse(one);
            },
          }),
        ),
    ],
    [
      'cannot do without a driver',
      ['rule 5', LATE],
      () =>
        but(
          hooks({
            *dma_configure(one, kernel) {
              const configured = yield* kernel.firmware.configure(one, firmware(one));
              if (configured !== OK) return configured;
              const driver = yield* kernel.driver.read(one);
              if (driver === undefined) return yield* kernel.oops(one, 'NULL dereference');
              if (driver.managesDma) return kernel.ownership.notNeeded(driver);
              const verdict = yield* kernel.ownership.use(one);
              if (verdict !== OK) yield* kernel.dma.teardown(one);
              return verdict;
            },
          }),
        ),
    ],
    [
      'is deferred for want of a driver',
      ['rule 5'],
      () =>
        but(
          hooks({
            *dma_configure(one, kernel) {
              const configured = yield* kernel.firmware.configure(one, firmware(one));
              if (configured !== OK) return configured;
              const driver = yield* kernel.driver.read(one);
              if (driver === undefined) return EPROBE_DEFER;
              if (driver.managesDma) return kernel.ownership.notNeeded(driver);
              const verdict = yield* kernel.ownership.use(one);
              if (verdict !== OK) yield* kernel.dma.teardown(one);
              return verdict;
            },
          }),
        ),
    ],
    ['reads the driver twice (M20)', ['rule 6', LATE], () => but(checkReadingTwice(firmware))],
    [
      'reads the driver twice, and believes the second read',
      ['rule 6'],
      () =>
        but(
          hooks({
            *dma_configure(one, kernel) {
              yield* kernel.driver.read(one);
              return yield* right.dma_configure(one, kernel);
            },
          }),
        ),
    ],
    [
      'enables in the hook what decides the group (M23)',
      ['rule 7'],
      () => {
        const isolated = new Set<string>();
        return but({
          ...hooks({
            *dma_configure(one, kernel) {
              isolated.add(one.name);
              return yield* right.dma_configure(one, kernel);
            },
          }),
          isolation: ({ name, facts }) => [isolated.has(name) ? name : facts.segment],
        });
      },
    ],
    [
      'enables in the hook what decides the group of the next device',
      ['rule 7'],
      () => {
        let bound = '';
        return but({
          ...hooks({
            *dma_configure(one, kernel) {
              bound = one.name;
              return yield* right.dma_configure(one, kernel);
            },
          }),
          isolation: ({ name, facts }) => [
            bound === '' || name === bound ? facts.segment : `${facts.segment} of ${bound}`,
          ],
        });
      },
    ],
    [
      'groups by who was asked about first',
      ['rule 7'],
      () => {
        let last = '';
        return but({
          isolation: ({ name, facts }) => {
            const key = last > name ? `${facts.segment}, later` : facts.segment;
            last = name;
            return [key];
          },
        });
      },
    ],
    [
      'crashes when it cleans up after nobody',
      [TIMES],
      () =>
        but(
          hooks({
            *dma_unconfigure(one, kernel) {
              const driver = yield* kernel.driver.read(one);
              if (driver === undefined) return yield* kernel.oops(one, 'NULL dereference');
              if (!driver.managesDma) yield* kernel.ownership.unuse(one);
            },
          }),
        ),
    ],
    [
      'gives back without a driver',
      [TIMES],
      () =>
        but(
          hooks({
            *dma_unconfigure(one, kernel) {
              const driver = yield* kernel.driver.read(one);
              if (!driver?.managesDma) yield* kernel.ownership.unuse(one);
            },
          }),
        ),
    ],
    [
      'expects dma_configure before dma_unconfigure',
      [TIMES],
      () => {
        const configured = new Set<string>();
        return but(
          hooks({
            *dma_configure(one, kernel) {
              configured.add(one.name);
              return yield* right.dma_configure(one, kernel);
            },
            *dma_unconfigure(one, kernel) {
              if (!configured.has(one.name)) throw new Error(`${one.name} was never configured`);
              yield* right.dma_unconfigure(one, kernel);
            },
          }),
        );
      },
    ],
    [
      'counts a stub driver, which manages DMA itself',
      ['what it declares, managedDrivers'],
      () =>
        but(
          hooks({
            *dma_configure(one, kernel) {
              const configured = yield* kernel.firmware.configure(one, firmware(one));
              if (configured !== OK) return configured;
              const driver = yield* kernel.driver.read(one);
              if (driver === undefined || driver.name === 'vfio-ring')
                return kernel.ownership.notNeeded(driver as undefined);
              const verdict = yield* kernel.ownership.use(one);
              if (verdict !== OK) yield* kernel.dma.teardown(one);
              return verdict;
            },
            *dma_unconfigure(one, kernel) {
              const driver = yield* kernel.driver.read(one);
              if (driver && driver.name !== 'vfio-ring') yield* kernel.ownership.unuse(one);
            },
          }),
        ),
    ],
    ['gives its devices no key', ['what it declares, groups'], () => but({ isolation: () => [] })],
    [
      'says that it has no groups, and has',
      ['what it declares, groups'],
      () => but({ ungrouped: 'no IOMMU above it' }),
    ],
    [
      'is sure of everything',
      ['what it declares, recognise'],
      () => but({ recognise: (name) => ({ facts: { segment: name }, sure: true }) }),
    ],
    [
      'has facts that change',
      ['what it declares, example'],
      () => {
        let calls = 0;
        return but({ example: () => ({ segment: `segment ${calls++}` }) });
      },
    ],
    [
      'has special devices without facts',
      ['what it declares, special'],
      () => but({ special: ([first]) => [[{ segment: first! }]] }),
    ],
    [
      'lets special devices in without a check',
      ['rule 1', 'rule 4'],
      () =>
        but({
          ...hooks({
            *dma_configure(one, kernel) {
              return one.facts.segment === 'trusted'
                ? kernel.ownership.bypass('trusted')
                : yield* right.dma_configure(one, kernel);
            },
          }),
          special: (names) => [names.map(() => ({ segment: 'trusted' }))],
        }),
    ],
    ['says that it has no hook, and has', ['what it declares, hookless'], () => but({ ...hooks({}), hookless: true })],
    ['claims to have no hook, and really has none', ['rule 1', PRINCIPLES], () => but(withoutHook('forgotten'))],
  ])('%s', (_, expected, bus) => expect(noticing(bus())).toEqual(expected));
});

describe('one edit of a right history', () => {
  type Past = Revision<'ring', Ring>;
  const first: Past = {
    commit: '111111111111',
    title: 'ring: configure DMA',
    since: ['5.10'],
    says: 'firmware only',
    ...configureOnly(firmware, 'nobody asks'),
  };
  const second: Past = { ...first, commit: '222222222222', since: ['5.19'], ...checkTrustingDriver(firmware) };
  const third: Past = { ...first, commit: '333333333333', since: ['6.15', '6.12.9'], ...configureThenCheck(firmware) };
  const IN_ORDER = 'its history is in order';
  const isolated = new Set<string>();
  const regroups = hooks({
    *dma_configure(one, kernel) {
      isolated.add(one.name);
      return yield* right.dma_configure(one, kernel);
    },
  });
  const isolation = ({ name, facts }: RingDevice) => [isolated.has(name) ? name : facts.segment];

  it('rules are kept in their time only: nothing notices a right one', () =>
    expect(noticing(but({ history: [first, second, third] }), { size: 1 })).toEqual([]));
  it.each<[string, readonly string[], readonly Past[]]>([
    ['an older one last', [IN_ORDER], [first, second, third, { ...third, commit: '444444444444', since: ['6.1'] }]],
    ['a commit twice', [IN_ORDER], [first, second, third, { ...third, since: ['6.18'] }]],
    ['no commit id', [IN_ORDER], [{ ...first, commit: 'the first' }, second, third]],
    ['a backport newer than its commit', [IN_ORDER], [first, second, { ...third, since: ['6.15', '6.16.2'] }]],
    [
      'a backport that hides an older revision',
      [IN_ORDER],
      [first, { ...second, since: ['5.19', '5.15.9'] }, { ...third, since: ['6.15', '5.15.2'] }],
    ],
    [
      'a bug that is not said (M20)',
      ['its history, 6.15 (333333333333)'],
      [first, second, { ...third, ...checkReadingTwice(firmware) }],
    ],
    ['a rule that came into force during its time', ['its history, 5.19 (222222222222)'], [first, second]],
    [
      'a bug that is said, and is not there',
      ['its history, 6.15 (333333333333)'],
      [first, second, { ...third, knownBugs: { 6: 'M20' } }],
    ],
    [
      'a hook that decides the group, and nothing is said of it (M23)',
      ['its history, 6.15 (333333333333)'],
      [first, second, { ...third, ...regroups }],
    ],
    ['the same, and it is said', [], [first, second, { ...third, ...regroups, knownBugs: { 7: 'M23' } }]],
    [
      'a bug before it was one',
      ['its history, 5.10 (111111111111)'],
      [{ ...first, knownBugs: { 1: 'M22' } }, second, third],
    ],
  ])('%s', (_, expected, history) => expect(noticing(but({ history, isolation }), { size: 1 })).toEqual(expected));
});

it('a bus that refuses of its own accord is not equal to its reference', () => {
  const strict = but(
    hooks({
      *dma_configure(one, kernel) {
        const driver = yield* kernel.driver.read(one);
        if (driver && !driver.managesDma) return 'EACCES';
        const configured = yield* kernel.firmware.configure(one, firmware(one));
        return configured === OK ? kernel.ownership.notNeeded(driver) : configured;
      },
    }),
  );
  expect(noticing(strict, { reference: platform })).toEqual(
    expect.arrayContaining(['it allows and denies what platform does']),
  );
  expect(noticing(but({}), { reference: platform })).toEqual([]);
});

describe('right and unusual: nothing notices', () => {
  it.each<[string, () => Bus<'ring', Ring>]>([
    [
      'reads the driver first, and takes back more than it has to',
      () =>
        but(
          hooks({
            *dma_configure(one, kernel) {
              const driver = yield* kernel.driver.read(one);
              const configured = yield* kernel.firmware.configure(one, firmware(one));
              if (configured !== OK) {
                yield* kernel.dma.teardown(one);
                return configured;
              }
              if (!driver || driver.managesDma) return kernel.ownership.notNeeded(driver);
              const verdict = yield* kernel.ownership.use(one);
              if (verdict === OK) return verdict;
              yield* kernel.dma.teardown(one);
              yield* kernel.dma.teardown(one);
              return verdict;
            },
          }),
        ),
    ],
    [
      'no IOMMU above it, so that it checks nothing',
      () =>
        but({
          ...configureOnly(firmware, 'nobody asks'),
          isolation: () => [],
          ungrouped: 'the hypervisor has the IOMMU',
        }),
    ],
    [
      'no hook, and no IOMMU',
      () => but({ ...withoutHook('no DMA'), isolation: () => [], ungrouped: 'its devices do no DMA' }),
    ],
    ['no drivers that manage DMA', () => but({ managedDrivers: [] })],
    [
      'no firmware knows its devices',
      () => but({ ...configureThenCheck<'ring', Ring>(() => undefined), firmware: () => undefined }),
    ],
    [
      'a refinement that defers instead of refusing',
      () =>
        but({
          refine: {
            says: 'later',
            of: ({ name }, all) => all.filter((one) => one.bus === 'ring' && one.name !== name),
            judge: (_one, by, seen) => (by === 'kernel' && seen.some((one) => one.ownedByUser) ? EPROBE_DEFER : OK),
          },
        }),
    ],
  ])('%s', (_, bus) => expect(noticing(bus())).toEqual([]));
});

it('runs in any runner: groups are described, and a clause that fails throws what it has found', () => {
  const names: string[] = [];
  const failed: string[] = [];
  conformance(but(configureOnly(firmware, 'nobody asks')), {
    size: 1,
    describe: (name, body) => (names.push(name), body()),
    it(name, body) {
      try {
        body();
      } catch (error) {
        failed.push(`${name}: ${(error as Error).message}`);
      }
    },
  });
  expect(names).toEqual([
    "bus 'ring'",
    'what it declares',
    'the rules of the contract',
    'the principles',
    'its history',
  ]);
  expect(failed[0]).toMatch(/^rule 1, success means checked: bus 'ring', rule 1, success means checked: dma_configure/);
  for (const part of [
    'the clause: dma_configure succeeds if',
    'its source: drivers/base/dd.c',
    "kernel.ownership.bypass('nobody asks')",
    'u0: claim g',
    'change: call kernel.ownership.use',
  ])
    expect(failed[0]).toContain(part);
});

describe('one edit of a right refinement', () => {
  const refine = {
    says: 'a segment has one owner',
    of: ({ name, facts }: RingDevice, all: readonly Device[]) =>
      all.filter((one) => one.bus === 'ring' && one.name !== name && one.facts['segment'] === facts.segment),
    judge: (_: RingDevice, by: 'kernel' | 'user', seen: readonly Seen[]) =>
      by === 'kernel' && seen.some(({ ownedByUser }) => ownedByUser) ? EBUSY : OK,
  };
  const facts = { segment: 'one' };
  const devicesOf = (bus: Bus<'ring', Ring>) => [device(bus, 'ring0', { facts }), device(bus, 'ring1', { facts })];
  const noticed = (edit: object): readonly string[] => {
    const bus = but({ refine: { ...refine, ...edit } as typeof refine });
    return noticing(bus, { devices: devicesOf(bus) });
  };

  it('a right one is noticed by nothing', () => expect(noticed({})).toEqual([]));
  it('cannot admit what the check refuses: it is not asked', () => {
    const bus = but({ refine: { ...refine, judge: () => OK } as typeof refine });
    expect(noticing(bus, { devices: devicesOf(bus) })).toEqual(['what it declares, refine']);
    expect(refusedBeside(bus)).toBe(EBUSY);
  });
  it('a hook that admits what it is sure of, beside a right refinement, is weaker', () => {
    const bus = but({
      refine,
      *dma_configure(one, kernel) {
        const verdict = yield* right.dma_configure(one, kernel);
        return verdict === EBUSY ? kernel.ownership.bypass('the ring isolates by itself') : verdict;
      },
    });
    const options = { devices: devicesOf(bus) };
    expect(noticing(bus, options)).toEqual(['rule 1', 'rule 4', MORE, PRINCIPLES]);
    const clause = clausesOf(bus, options).find(({ name }) => name === MORE)!;
    const told = tell('ring', clause, clause.look()!);
    // The hook is cdx's of M22, so that it has its bugs.
    expect(told).toMatch(/it admits more, and is weaker: it breaks P1 P2 /);
    expect(told).toMatch(/u0: claim g1 = OK\n.*call: bind ring0 to kernel-driver\n.*ring0: active, which the check /);
  });
  it.each<[string, readonly string[], object]>([
    [
      'judges with a word that is none',
      ['rule 8', MORE, PRINCIPLES],
      {
        judge: (...[, by, seen]: Parameters<typeof refine.judge>) =>
          by === 'kernel' && seen[0]?.ownedByUser ? 'EPERM' : OK,
      },
    ],
    ['judges by something else than what it sees', ['rule 8', MORE, PRINCIPLES], { judge: alternating() }],
    [
      'looks at a device that is not there',
      ['rule 8', MORE, PRINCIPLES],
      { of: ({ name }: RingDevice) => [device(platform, `${name}'`)] },
    ],
    [
      "refuses what is in nobody's way",
      ['rule 8'],
      { judge: (_: RingDevice, by: string) => (by === 'user' ? EBUSY : OK) },
    ],
    ['throws', ['rule 8', MORE, PRINCIPLES], { judge: throwing }],
    [
      'writes what it sees, so that the check might not',
      ['rule 8', MORE, PRINCIPLES],
      {
        judge: (...[one, by, seen]: Parameters<typeof refine.judge>) => {
          for (const other of seen as unknown as { ownedByUser: boolean }[]) other.ownedByUser = false;
          return refine.judge(one, by, seen);
        },
      },
    ],
    ['refuses nothing', ['what it declares, refine'], { judge: () => OK }],
  ])('%s', (_, expected, edit) => expect(noticed(edit)).toEqual(expected));

  function throwing(): never {
    throw new Error('lost');
  }

  /** What a kernel driver is told beside a user, in one group of 7.3. */
  function refusedBeside(bus: Bus<'ring', Ring>): string {
    const devices = devicesOf(bus).map((one) => ({ ...one, group: 'g' }));
    const of = machine('one group', { devices });
    const system = assemble(of, linux73, [bus as object as Bus], { kind: 'open', inFlight: 1, menu: menuOf(of) });
    const { ran } = run(
      system,
      [
        { do: 'bind', device: 'ring0', driver: 'vfio-ring' },
        { do: 'claim', user: 'u0', group: 'g' },
        { do: 'bind', device: 'ring1', driver: 'kernel-driver' },
      ],
      [],
    );
    return ran.at(-1)!.result;
  }

  function alternating() {
    let calls = 0;
    return () => (calls++ % 2 ? EBUSY : OK);
  }
});
