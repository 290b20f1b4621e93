import {
  assemble,
  defineBus,
  definePrinciple,
  defineStrategy,
  device,
  EBUSY,
  groupDevices,
  linux61,
  machine,
  OK,
  PluginError,
  principles,
  replay,
  unfold,
  type Bus,
  type BusDefinition,
  type GroupView,
  type Place,
  type Principle,
  type Strategy,
} from '@busward/core';
import { describe, expect, it } from '@jest/globals';

/** A right bus, to be broken by one edit. Untyped on purpose: this is what a JavaScript author can hand in. */
const right = {
  name: 'mine',
  source: 'nowhere',
  says: 'a bus',
  firmware: ({ name }: { name: string }) => ({ node: name }),
  isolation: () => ['one'],
  example: () => ({}),
  recognise: () => undefined,
  managedDrivers: [],
  history: [],
  *dma_configure(dev: any, kernel: any): any {
    const configured = yield* kernel.firmware.configure(dev, { node: dev.name });
    if (configured !== OK) return configured;
    const driver = yield* kernel.driver.read(dev);
    if (driver === undefined || driver.managesDma) return kernel.ownership.notNeeded(driver);
    return yield* kernel.ownership.use(dev);
  },
  *dma_unconfigure(dev: any, kernel: any): any {
    const driver = yield* kernel.driver.read(dev);
    if (driver && !driver.managesDma) yield* kernel.ownership.unuse(dev);
  },
};

/** What a hook has no business to keep. */
const remembered = new Set<string>();

const broken = (edit: object): (() => Bus) => {
  return () => defineBus({ ...right, ...edit } as unknown as BusDefinition<'mine', Record<string, string>>) as Bus;
};

describe('a bus', () => {
  it('is frozen, and knows whether its hook calls the check', () => {
    const bus = broken({})();
    expect(Object.isFrozen(bus)).toBe(true);
    expect(bus.callsUse).toBe(true);
    const without = broken({
      *dma_configure(_dev: any, kernel: any): any {
        return kernel.ownership.bypass('none');
      },
    })();
    expect(without.callsUse).toBe(false);
  });

  it.each<[string, object, RegExp]>([
    ['has no name', { name: '' }, /a bus needs a name; write defineBus\(\{ name:/],
    ['lacks a hook', { dma_configure: undefined }, /^bus 'mine': dma_configure is undefined; write a function/],
    [
      'has a hook that is no generator',
      { dma_configure: () => OK },
      /^bus 'mine', dma_configure: is no generator function; write \*dma_configure/,
    ],
    [
      'never ends',
      {
        *dma_configure(dev: any, kernel: any): any {
          for (;;) yield* kernel.driver.read(dev);
        },
      },
      /^bus 'mine', dma_configure never ends: it took 200 steps/,
    ],
    [
      'is not deterministic',
      {
        *dma_configure(dev: any, kernel: any): any {
          yield* kernel.driver.read(dev);
          return Math.random() < 0.5 ? EBUSY : kernel.ownership.bypass('luck');
        },
      },
      /^bus 'mine', dma_configure is not deterministic/,
    ],
    [
      'creates a program and does not start it',
      {
        *dma_unconfigure(dev: any, kernel: any): any {
          yield* kernel.driver.read(dev);
          kernel.ownership.unuse(dev);
        },
      },
      /^bus 'mine', dma_unconfigure: made kernel\.ownership\.unuse\(\.\.\.\) and never started it; write yield\* before it/,
    ],
    [
      'starts one of two calls',
      {
        *dma_unconfigure(dev: any, kernel: any): any {
          kernel.ownership.unuse(dev);
          yield* kernel.ownership.unuse(dev);
        },
      },
      /^bus 'mine', dma_unconfigure: made kernel\.ownership\.unuse\(\.\.\.\) and never started it/,
    ],
    [
      'says that the check is not needed for a driver it has not read',
      {
        *dma_configure(_dev: any, kernel: any): any {
          return kernel.ownership.notNeeded({ name: 'forged', managesDma: true });
        },
      },
      /^bus 'mine', dma_configure: called ownership\.notNeeded for what is not the answer of driver\.read/,
    ],
    [
      'looks at a driver past kernel.driver.read',
      {
        *dma_configure(dev: any, kernel: any): any {
          return dev.driver ? EBUSY : yield* right.dma_configure(dev, kernel);
        },
      },
      /^bus 'mine', dma_configure: device 'a device' does not say its driver, which changes; .*, kernel\.driver\.read\(device\) in a hook$/,
    ],
    [
      'puts devices into groups by their drivers',
      { isolation: (dev: any) => [dev.driver?.name] },
      /^bus 'mine', isolation: device 'a device' does not say its driver, which changes; /,
    ],
    [
      'yields what is no step',
      {
        *dma_configure(): any {
          yield { name: 'iommu_group_get' };
          return EBUSY;
        },
      },
      /^bus 'mine', dma_configure yielded an object, which is no step; write yield\*/,
    ],
    [
      'returns no errno',
      {
        *dma_configure(): any {
          return -16;
        },
      },
      /^bus 'mine', dma_configure: returned -16, which is no errno/,
    ],
    [
      'succeeds without the facade',
      {
        *dma_configure(dev: any, kernel: any): any {
          yield* kernel.firmware.configure(dev, undefined);
          return OK;
        },
      },
      /^bus 'mine', dma_configure: succeeded without the ownership facade/,
    ],
    [
      'loses the verdict',
      {
        *dma_configure(dev: any, kernel: any): any {
          yield* kernel.ownership.use(dev);
          return OK;
        },
      },
      /^bus 'mine', dma_configure: succeeded without the ownership facade/,
    ],
    [
      'says that a kernel driver needs no check',
      {
        *dma_configure(dev: any, kernel: any): any {
          return kernel.ownership.notNeeded(yield* kernel.driver.read(dev));
        },
      },
      /called ownership\.notNeeded for 'a kernel driver', which does not manage DMA itself; call ownership\.use/,
    ],
    [
      'speaks for a device of somebody else',
      {
        *dma_unconfigure(dev: any, kernel: any): any {
          yield* kernel.ownership.unuse({ ...dev, name: 'a sibling' });
        },
      },
      /called kernel\.ownership\.unuse for 'a sibling'; a hook speaks for its own device, 'a device'/,
    ],
    [
      'goes around the check in silence',
      {
        *dma_configure(_dev: any, kernel: any): any {
          return kernel.ownership.bypass('');
        },
      },
      /called ownership\.bypass without a reason/,
    ],
    [
      'throws on one of the ways',
      {
        *dma_configure(dev: any, kernel: any): any {
          const driver = yield* kernel.driver.read(dev);
          return driver.managesDma ? kernel.ownership.notNeeded(driver) : yield* kernel.ownership.use(dev);
        },
      },
      /^bus 'mine', dma_configure threw '.*managesDma.*' after kernel\.driver\.read gave no driver$/,
    ],
    [
      'trusts a second read, as 6.15 did (M20)',
      {
        *dma_configure(dev: any, kernel: any): any {
          const first = yield* kernel.driver.read(dev);
          if (first === undefined || first.managesDma) return kernel.ownership.notNeeded(first);
          return (yield* kernel.driver.read(dev)).managesDma ? EBUSY : yield* kernel.ownership.use(dev);
        },
      },
      /after kernel\.driver\.read gave a kernel driver, kernel\.driver\.read gave no driver \(rule 6, one read of the driver; M20\)$/,
    ],
    [
      'forgets what it read',
      {
        *dma_configure(dev: any, kernel: any): any {
          yield* kernel.driver.read(dev);
          return kernel.ownership.notNeeded(undefined);
        },
      },
      /notNeeded for no driver, where driver\.read had answered 'a kernel driver'; pass on what was read, and for a kernel driver call ownership\.use$/,
    ],
    [
      'throws in what is no hook',
      { isolation: ({ facts }: any) => [facts.segment.name] },
      /^bus 'mine', isolation: threw 'Cannot read properties of undefined/,
    ],
    [
      'has hooks that share what they keep between calls',
      {
        *dma_configure(dev: any, kernel: any): any {
          return remembered.has(dev.name) ? EBUSY : yield* right.dma_configure(dev, kernel);
        },
        *dma_unconfigure(dev: any, kernel: any): any {
          yield* right.dma_unconfigure(dev, kernel);
          remembered.add(dev.name);
        },
      },
      /^bus 'mine', dma_configure is not deterministic: .*; it may depend on nothing else, and remember nothing$/,
    ],
    [
      'writes into its device',
      {
        *dma_unconfigure(dev: any): any {
          dev.facts.isolated = true;
        },
      },
      /^bus 'mine', dma_unconfigure threw 'Cannot add property isolated, object is not extensible'$/,
    ],
    [
      'was written for a newer contract',
      { contract: 2, dma_map: () => {} },
      /^bus 'mine': was written for contract 2, and this is contract 1; update busward, or take an older version of the plugin$/,
    ],
    [
      'has a revision without versions',
      { history: [{ ...right, commit: '111111111111' }] },
      /^bus 'mine': history, 111111111111: since is undefined; write the versions that have it, as \['6\.5'\]$/,
    ],
    [
      'has a revision of a version that is none',
      { history: [{ ...right, commit: '111111111111', since: ['six'] }] },
      /^'six' is no Linux version; write it like 6\.12 or 6\.1\.176$/,
    ],
    [
      'has a known bug of no rule',
      { history: [{ ...right, commit: '111111111111', since: ['6.5'], knownBugs: { 9: 'M20' } }] },
      /^bus 'mine': history, 111111111111: knownBugs has '9'; its keys are rules, 1 to 8, as \{ 6: 'M20' \}$/,
    ],
    [
      'has half a refinement',
      { refine: { says: 'x', judge: () => OK } },
      /^bus 'mine': refine\.of is undefined; write a function there$/,
    ],
    [
      'has a refinement with a part that means nothing',
      { refine: { says: 'x', of: () => [], judge: () => OK, jugde: () => OK } },
      /^bus 'mine': refine has a part 'jugde', which means nothing; its parts are says, of, judge$/,
    ],
    [
      'has a driver of which it is not said whom it is for',
      { managedDrivers: [{ name: 'x', managesDma: true }] },
      /^bus 'mine': managedDrivers has {"name":"x","managesDma":true}; write userDriver/,
    ],
    ['has a contract in words', { contract: 'one' }, /^bus 'mine': contract is string; write 1$/],
    ['has a role that is none', { role: 'x' }, /^bus 'mine': role is string; write a function there$/],
    ['is ungrouped without a reason', { ungrouped: true }, /^bus 'mine': ungrouped is boolean; write why/],
    [
      'has a hook that is half there',
      { hookless: 'yes' },
      /^bus 'mine': hookless is "yes"; write true, or leave it out$/,
    ],
    [
      'isolates by what is no list',
      { isolation: () => 'a key' },
      /^bus 'mine', isolation: returned "a key"; return a list of keys, \[\] if it has no group$/,
    ],
  ])('that %s is refused with one message', (_, edit, message) => {
    remembered.clear();
    expect(broken(edit)).toThrow(PluginError);
    remembered.clear();
    expect(broken(edit)).toThrow(message);
  });

  it('that has a revision that breaks it is refused where that is asked for', () => {
    const dma_configure = function* (): any {
      throw new Error('a bug of its time');
    };
    const mine = broken({ history: [{ ...right, commit: '111111111111', since: ['6.5'], dma_configure }] })();
    const told = /^bus 'mine', dma_configure threw 'a bug of its time'$/;
    expect(() => mine.at('6.6')).toThrow(PluginError);
    expect(() => mine.at('111111111111')).toThrow(told);
  });

  it('may have read a Linux that is newer than what was read here, and no newer one than that', () => {
    const mine = broken({ history: [{ ...right, commit: '111111111111', since: ['7.5'] }] })();
    expect(mine.at('7.5.1').asIn).toBe('7.5.1');
    expect(() => mine.at('7.6')).toThrow(/^bus 'mine' has no revision for Linux 7\.6; what was read ends with 7\.5$/);
  });
});

describe('steps', () => {
  it('cannot be forged at run time: an object that looks like one is no step', () => {
    expect(() =>
      unfold(
        function* () {
          yield { name: 'forged', [Symbol('minted')]: true };
        } as never,
        'a forgery',
      ),
    ).toThrow(/yielded an object, which is no step/);
  });
});

describe('a strategy', () => {
  it.each<[string, object, RegExp]>([
    [
      'says yes where true is asked for',
      { counts: 'yes' },
      /: counts is a string; write true or false: whether it keeps a count of its own$/,
    ],
    [
      'has a part that nobody looks at',
      { extra: 1 },
      /^strategy 'tried': has a part 'extra', which means nothing; its parts are name, says, /,
    ],
    [
      'misspells a place of the check',
      { at: { beforeDriver: () => OK } },
      /: at has a part 'beforeDriver', which means nothing; its parts are busUse, busUnuse, beforeDriverSet, /,
    ],
    [
      'has a word of its own for a place',
      { at: { busUse: 'none' } },
      /: at\.busUse is 'none'; it can be 'nothing', or left out$/,
    ],
    [
      'has no function there',
      { at: { configure: 'late' } },
      /: at\.configure is 'late'; it can be a function, or left out$/,
    ],
    [
      'has no VFIO around it',
      { surroundings: { ...linux61.surroundings, vfio: null } },
      /: surroundings has no vfio; take that of/,
    ],
    [
      'has a kernel around it that there never was',
      { surroundings: { ...linux61.surroundings, vfio: { ...linux61.surroundings.vfio, lastDevice: 'explodes' } } },
      /: surroundings\.vfio\.lastDevice is 'explodes'; it can be 'waits', 'leaves', 'detaches'$/,
    ],
    [
      'leaves a setting of it out',
      { surroundings: { ...linux61.surroundings, iommu: {} } },
      /: surroundings\.iommu\.join is undefined; it can be 'default domain', /,
    ],
    [
      'misspells one',
      { surroundings: { ...linux61.surroundings, iommu: { ...linux61.surroundings.iommu, unwind: true } } },
      /: surroundings\.iommu has a part 'unwind', which means nothing; its parts are join, /,
    ],
    [
      'has a check that throws',
      {
        ownership: () => {
          throw new Error('boom');
        },
      },
      /^strategy 'tried', ownership\(section, bus\): threw 'boom'$/,
    ],
    [
      'has no check',
      { ownership: () => undefined },
      /: ownership\(\) returned undefined; return \{ use, unuse, \.\.\. \}$/,
    ],
    [
      'misspells a verb',
      {
        ownership: (...of: Parameters<Strategy['ownership']>) => {
          const { use, ...own } = linux61.ownership(...of);
          return { uses: use, ...own };
        },
      },
      /^strategy 'tried': ownership\(\) returned no use; it has uses, unuse, claim, /,
    ],
    [
      'misspells a verb that may be left out',
      { ownership: (...of: Parameters<Strategy['ownership']>) => ({ ...linux61.ownership(...of), claims: () => OK }) },
      /^strategy 'tried': what ownership\(\) returned has a part 'claims', which means nothing; its parts are use, /,
    ],
    [
      'does not say where the check stands',
      { at: undefined },
      /: at is undefined; write \{\} or where the check stands$/,
    ],
  ])('that %s is refused with one message', (_, edit, message) => {
    const define = () => defineStrategy({ ...linux61, name: 'tried', ...edit } as Strategy);
    expect(define).toThrow(PluginError);
    expect(define).toThrow(message);
  });
});

describe('a principle', () => {
  it('that misspells a part is refused with one message', () => {
    const [first] = principles;
    expect(() => definePrinciple({ ...first!, event: { granted: () => [] } } as Principle)).toThrow(
      /^principle 'P1': has a part 'event', which means nothing; its parts are id, .*, states, events$/,
    );
  });
});

describe('a machine', () => {
  const bus = broken({})();
  it.each<[string, () => unknown, RegExp]>([
    [
      'misspells a part of a device',
      () => device(bus, 'A', { grup: 'g' } as object),
      /^device 'A' has a part 'grup', which means nothing; its parts are name, bus, facts, group, /,
    ],
    [
      'has a word of its own for its IOMMU',
      () => machine('one', { devices: [device(bus, 'A')], iommu: 'late' as 'later' }),
      /^machine 'one': iommu is 'late'; it can be 'present' or 'later'$/,
    ],
    [
      'has the name of a driver for one',
      () => machine('one', { devices: [device(bus, 'A', { drivers: ['nvme' as never] })] }),
      /^machine 'one', device 'A': driver "nvme" is none; write kernelDriver\('name'\), /,
    ],
  ])('that %s is refused with one message', (_, make, message) => expect(make).toThrow(message));

  it('shows devices without their drivers, which change', () => {
    const of = machine('one', { devices: [device(bus, 'A')] });
    const { kernel } = assemble(of, linux61, [bus], { kind: 'open', inFlight: 1, menu: [] });
    const [shown] = kernel.machine.devices as unknown as readonly [{ readonly driver: unknown }];
    expect(() => shown.driver).toThrow(
      /^device 'A' does not say its driver, which changes; ask group\.bound\(device\) /,
    );
  });
});

describe('a section', () => {
  const devices = groupDevices([device(broken({})(), 'A'), device(broken({})(), 'B')], [broken({})()]);
  const bind = { do: 'bind', device: 'A', driver: 'kernel-driver' } as const;
  const withUse = (use: Strategy['ownership']): Strategy =>
    defineStrategy({
      ...linux61,
      name: 'tried',
      ownership: (section, bus) => ({ ...linux61.ownership(section, bus), ...use(section, bus) }),
    });

  /** Runs the step called `name` of binding A on the initial state. */
  function runStep(strategy: Strategy, name: string): unknown {
    const system = assemble(machine('two', { devices }), strategy, [broken({})()], {
      kind: 'open',
      inFlight: 1,
      menu: [bind],
    });
    const find = (place: Place): Extract<Place, { kind: 'step' }> | undefined =>
      place.kind !== 'step' || place.atom.name === name
        ? (place as Extract<Place, { kind: 'step' }>)
        : place.next.map(find).find((one) => one?.kind === 'step' && one.atom.name === name);
    const found = find(unfold(() => system.program(bind), 'bind'))!;
    return found.atom.run({
      get: (cell) => cell.initial,
      set: () => {},
      emit: () => {},
    });
  }

  it('has a view that is void when it has ended', () => {
    let kept: GroupView | undefined;
    const leaking = withUse((section) => ({
      ...linux61.ownership(section, 'mine'),
      use: (dev) => section(dev, 'leak', [OK], (group) => ((kept = group), OK)),
    }));
    expect(runStep(leaking, 'leak')).toBe(OK);
    expect(() => kept!.ownerCount).toThrow(/used after its section; use it inside the section only/);
    expect(() => (kept!.ownerCount = 7)).toThrow(/used after its section/);
  });

  it('shows no ghost and no way to one', () => {
    let seen: string[] = [];
    const looking = withUse((section) => ({
      ...linux61.ownership(section, 'mine'),
      use: (dev) => section(dev, 'look', [OK], (group) => ((seen = Object.keys(group!)), OK)),
    }));
    runStep(looking, 'look');
    expect(seen.toSorted()).toEqual([
      'defaultDomain',
      'defaultType',
      'domain',
      'members',
      'name',
      'owner',
      'ownerCount',
      'pasids',
      'setDomain',
      'setDomainNofail',
      'warn',
    ]);
  });

  it('has to start the sections it makes', () => {
    const lazy = withUse((section) => ({
      ...linux61.ownership(section, 'mine'),
      *use(dev) {
        section(dev, 'forgotten', [OK], () => OK);
        return yield* section(dev, 'started', [OK], () => OK);
      },
    }));
    expect(() => runStep(lazy, 'started')).toThrow(/use: made a section and never started it; write yield\* before it/);
  });

  it('has one section in each verb at most: ghosts are kept there', () => {
    const twice = withUse((section) => ({
      ...linux61.ownership(section, 'mine'),
      *use(dev) {
        yield* section(dev, 'first', [OK], () => OK);
        return yield* section(dev, 'second', [OK], () => OK);
      },
    }));
    expect(() => runStep(twice, 'second')).toThrow(/use: a second section, second; every verb has one at most/);
  });

  it('decides what its verb returns: the ghosts were kept by that', () => {
    const reversing = withUse((section, bus) => {
      const { use, ...own } = linux61.ownership(section, bus);
      return {
        ...own,
        *use(dev) {
          return (yield* use(dev)) === OK ? EBUSY : OK;
        },
      };
    });
    expect(() => runStep(reversing, 'iommu_device_use_default_domain')).toThrow(
      /'tried', use: returned EBUSY where its section decided OK; return what the section returned$/,
    );
  });

  it('decides nothing for the next verb', () => {
    const tried = withUse((section, bus) => ({
      ...linux61.ownership(section, bus),
      *unuse() {
        return OK;
      },
    }));
    const undoing = defineStrategy({
      ...tried,
      at: {
        *configure(dev, _driver, _hook, own) {
          const verdict = yield* own.use(dev);
          if (verdict !== OK) yield* own.unuse(dev);
          return verdict;
        },
      },
    });
    expect(runStep(undoing, 'iommu_device_use_default_domain')).toBe(OK);
  });

  it('is where a claim is kept: none succeeds without one', () => {
    const granting = withUse((section, bus) => ({
      ...linux61.ownership(section, bus),
      *claim() {
        return OK;
      },
    }));
    const { program } = assemble(machine('two', { devices }), granting, [broken({})()], {
      kind: 'open',
      inFlight: 1,
      menu: [],
    });
    expect(() => unfold(() => program({ do: 'claim', user: 'u0', group: devices[0]!.group! }), 'claim')).toThrow(
      /'tried', claim: succeeded without a section, where it is kept who has the group; return section\(\.\.\.\)$/,
    );
  });

  it('is where it is refused', () => {
    const deaf = withUse((section, bus) => ({
      ...linux61.ownership(section, bus),
      *use() {
        return EBUSY;
      },
    }));
    expect(() => runStep(deaf, 'none')).toThrow(
      /'tried', use: refused without a section, where it shows whether there was a cause; return section\(\.\.\.\)$/,
    );
  });

  it.each([
    ['an errno it did not declare', EBUSY, /decided EBUSY, which is not among its outcomes OK; add it there/],
    ['no errno at all', 'fine', /decided fine, which is no errno; return one/],
  ])('may not decide %s', (_, verdict, message) => {
    const stray = withUse((section) => ({
      ...linux61.ownership(section, 'mine'),
      use: (dev) => section(dev, 'stray', [OK], () => verdict as typeof OK),
    }));
    expect(() => runStep(stray, 'stray')).toThrow(message);
  });

  it('is returned, or a program that has it', () => {
    const plain = withUse((section, bus) => ({ ...linux61.ownership(section, bus), use: () => OK as never }));
    expect(() => runStep(plain, 'none')).toThrow(
      /^strategy 'tried', use: returned 'OK', which is no program; write \*use\(\.\.\.\), or return section\(\.\.\.\)$/,
    );
  });

  it.each<[string, Strategy['at'], RegExp]>([
    [
      'an errno and no program',
      { configure: () => OK as never },
      /^strategy 'tried', at\.configure: returned OK, which is no program; write \*configure\(\.\.\.\)$/,
    ],
    [
      'what the bus said, and not return it',
      {
        *configure(_, __, hook) {
          yield* hook.run();
          return undefined as never;
        },
      },
      /^strategy 'tried', at\.configure: returned undefined, which is no errno; return OK, or what the bus/,
    ],
    [
      'a program that it does not start',
      {
        *configure(_, __, hook) {
          hook.run();
          return OK;
        },
      },
      /^strategy 'tried', at\.configure: called run\(\.\.\.\) and never started it; write yield\* before it$/,
    ],
    [
      'a refusal of its own',
      {
        *beforeDriverSet() {
          return EBUSY;
        },
      },
      /^strategy 'tried', at\.beforeDriverSet: refused with EBUSY, as neither the bus nor the check had; let a section/,
    ],
    [
      'nothing before the driver is set',
      { beforeDriverSet: () => undefined as never },
      /^strategy 'tried', at\.beforeDriverSet: returned undefined, which is no program/,
    ],
  ])('may not have at a place %s', (_, at, message) => {
    const tried = defineStrategy({ ...linux61, name: 'tried', at });
    expect(() => runStep(tried, 'none')).toThrow(message);
  });

  it('may not declare what is no errno', () => {
    const stray = withUse((section) => ({
      ...linux61.ownership(section, 'mine'),
      use: (dev) => section(dev, 'stray', [OK, 'EWOULDBLOCK' as typeof OK], () => OK),
    }));
    expect(() => runStep(stray, 'stray')).toThrow(
      /^strategy 'tried', section stray: outcome EWOULDBLOCK is no errno; there are OK, EPERM, /,
    );
  });
});

describe('what is left out where it is needed', () => {
  const bus = broken({})();
  const of = machine('one', { devices: [device(bus, 'A')] });

  it.each<[string, () => unknown, RegExp]>([
    ['the devices of a machine', () => machine('one', {} as never), /^machine 'one': it has no list of devices; write/],
    [
      'who does something',
      () => assemble(of, linux61, [bus], undefined as never),
      /^machine 'one': nobody does anything on it; say who, as \{ kind: 'open', inFlight: 2, menu: menuOf/,
    ],
  ])('%s is asked for', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('a program', () => {
  it('is what it does after each history of outcomes', () => {
    const bus = broken({})();
    const of = machine('one', { devices: groupDevices([device(bus, 'A')], [bus]) });
    const bind = { do: 'bind', device: 'A', driver: 'kernel-driver' } as const;
    const system = assemble(of, linux61, [bus], { kind: 'open', inFlight: 1, menu: [bind] });
    const start = () => system.program(bind);
    const first = replay(start, [], 'bind');
    expect(first.kind === 'step' && first.atom.name).toBe('__driver_probe_device');
    const busy = replay(start, [{ key: 'lock to probe A', outcome: EBUSY }], 'bind');
    expect(busy).toMatchObject({ kind: 'done', result: EBUSY });
    expect(() => replay(start, [{ key: 'something else', outcome: OK }], 'bind')).toThrow(/not deterministic/);
  });
});
