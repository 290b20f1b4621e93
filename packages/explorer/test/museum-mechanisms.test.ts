import {
  assemble,
  kernelDriver,
  machine,
  menuOf,
  principles,
  userDriver,
  type Bus,
  type DomainType,
  type Machine,
  type Operation,
  type OwnDomain,
  type Strategy,
  type Surroundings,
  type System,
} from '@busward/core';
import { compile, explore, exploreCompiled, exploreNaively, judgesOf, run, type Run } from '@busward/explorer';
import { pci } from '@busward/pci';
import { describe, expect, it } from '@jest/globals';
import {
  add,
  attach,
  bind,
  buses,
  claim,
  claimDevice,
  detach,
  K,
  open,
  pair,
  remove,
  single,
  unbind,
  V,
  under,
  results,
} from './machines.ts';
import { stepping } from './stepping.ts';
import { isComplete } from '../src/search/ended.ts';

/*
 * Bugs that need a mechanism of their own, each before and after its fix. What was read in which source is said at the
 * settings (contract/surroundings.ts).
 */

/** A strategy in other surroundings. */
function but(
  name: string,
  { iommu, vfio }: { readonly iommu?: Partial<Surroundings['iommu']>; readonly vfio?: Partial<Surroundings['vfio']> },
): Strategy {
  const { surroundings, ...rest } = under(name);
  const { driverCore } = surroundings;
  return {
    ...rest,
    surroundings: { driverCore, iommu: { ...surroundings.iommu, ...iommu }, vfio: { ...surroundings.vfio, ...vfio } },
  };
}

const on = (of: Machine, strategy: Strategy, menu: readonly Operation[] = []): System =>
  assemble(of, strategy, buses, { kind: 'open', inFlight: 2, menu });
const ran = (of: Machine, strategy: Strategy, operations: readonly Operation[]): Run =>
  run(on(of, strategy), operations, principles);

const release: Operation = { do: 'release', user: 'u0', group: 'group 0' };
const close: Operation = { do: 'close', user: 'u0', device: 'A' };
const reset = (device: string): Operation => ({ do: 'reset', device });
const DONE = 'pci_dev_reset_iommu_done';

describe('M16: a claim that fails at the second member', () => {
  const of = pair({ B: { failsToAttach: 'blocking' } });
  const sequence = [bind('A', V), claim, unbind('A'), bind('A', K)];
  it.each([under('6.1'), but('6.6', { iommu: { unwinds: false } })])(
    'before, $name: the first one stays blocked, and a kernel driver gets it so',
    (before) => {
      const failed = ran(of, before, sequence);
      expect(results(failed)).toBe('OK EINVAL OK OK');
      expect(['group 0.domain', 'A.hw', 'B.hw'].map(failed.value)).toEqual(['default', 'blocking', 'default']);
      expect(failed.broken).toEqual(['P7', 'P9', 'P19']);
    },
  );
  it.each([under('6.6'), under('7.3'), but('6.1', { iommu: { unwinds: true } })])(
    'after, $name: moved back; what is left is a claim that cannot be had',
    (after) => {
      const failed = ran(of, after, sequence);
      expect(results(failed)).toBe('OK EINVAL OK OK');
      expect(['group 0.domain', 'A.hw', 'B.hw'].map(failed.value)).toEqual(['default', 'default', 'default']);
      expect(failed.broken).toEqual(['P19']);
    },
  );
  it('6.1: where the first one fails nobody has been moved', () =>
    expect(ran(pair({ A: { failsToAttach: 'blocking' } }), under('6.1'), sequence).broken).toEqual(['P19']));

  const joined = [remove('B'), bind('A', V), claim, attach, add('B'), detach];
  it('a detach must not fail: until 6.4 it stops there, and the group keeps a domain that is freed', () => {
    const stopped = ran(of, under('6.1'), joined);
    expect(results(stopped)).toBe('OK OK OK OK OK OK');
    expect(['group 0.domain', 'A.hw', 'B.hw'].map(stopped.value)).toEqual(['user u0', 'blocking', 'user u0']);
    expect(stopped.broken).toContain('P10');
  });
  it('... since 6.5 it goes on, and the member that fails keeps it', () => {
    const wentOn = ran(of, under('6.6'), joined);
    expect(['group 0.domain', 'A.hw', 'B.hw'].map(wentOn.value)).toEqual(['blocking', 'blocking', 'user u0']);
    expect(wentOn.log).toEqual(['WARN_ON in __iommu_group_set_domain_nofail(): EINVAL']);
    expect(wentOn.broken).toContain('P10');
  });
  it('a device that fails to join the blocked group is in none', () =>
    expect(ran(of, under('6.1'), [remove('B'), bind('A', V), claim, add('B')]).value('B.iommu_group')).toBe(false));
});

describe('M24: a user leaves while a device of his is reset', () => {
  const fenced = (how: Surroundings['iommu']['reset']): Strategy => but('7.3', { iommu: { reset: how } });
  function leaving(strategy: Strategy, of = pair()) {
    const world = stepping(on(of, strategy));
    const mine = of.devices.map(({ name }) => bind(name, V));
    for (const operation of [...mine, claim, attach]) expect(world.start(operation)()).toBe('OK');
    const resetting = world.start(reset('A'));
    expect(resetting(DONE)).toBe(`before ${DONE}`);
    const blocked = world.value('A.hw');
    expect(world.start(release)()).toBe('OK');
    const between = ['group 0.domain', ...of.devices.map(({ name }) => `${name}.hw`)].map(world.value);
    const brokenBefore = world.broken();
    expect(resetting()).toBe('OK');
    return { world, blocked, between, brokenBefore };
  }
  it('before: the group is not moved, and its domain is freed', () => {
    const { world, blocked, between } = leaving(fenced('refuses every move'));
    expect([blocked, ...between]).toEqual(['blocking', 'user u0', 'blocking', 'user u0']);
    expect(world.value('A.hw')).toBe('user u0');
    expect(world.value('A.recovering')).toBe(false);
    // Once for the detach, once for the release.
    expect(world.log).toEqual(Array(2).fill('WARN_ON in __iommu_group_set_domain_nofail(): EBUSY'));
    expect(world.broken()).toContain('P10');
  });
  it('before, a device alone: the hardware is on the freed domain again when the reset is done', () => {
    const { world, between, brokenBefore } = leaving(fenced('refuses every move'), single());
    expect(between).toEqual(['user u0', 'blocking']);
    expect(brokenBefore).not.toContain('P10');
    expect(world.broken()).toContain('P10');
  });
  it('after: the others are moved, and the device is put on the new domain when the reset is done', () => {
    const { world, blocked, between } = leaving(under('7.3'));
    expect([blocked, ...between]).toEqual(['blocking', 'default', 'blocking', 'default']);
    expect(world.value('A.hw')).toBe('default');
    expect([world.log, world.broken()]).toEqual([[], []]);
  });
  it('without a fence the reset leaves the IOMMU alone', () => {
    const { world, blocked, between } = leaving(under('6.12'));
    expect([blocked, ...between]).toEqual(['user u0', 'default', 'default', 'default']);
    expect(world.broken()).toEqual([]);
  });
  it.each([
    ['refuses every move', ['P7', 'P6', 'P10', 'P19', 'P12']],
    ['refuses moves that may fail', []],
    ['unfenced', []],
  ] as const)('whatever is in flight beside it, %s: %j', (how, broken) => {
    const of = single();
    const system = on(of, fenced(how), [...menuOf(of), reset('A')]);
    const explored = explore(system, principles);
    expect([isComplete(explored), explored.violations.map(({ principle }) => principle.id)]).toEqual([true, broken]);
    const oracle = exploreNaively(system, principles);
    const search = exploreCompiled(compile(system, { merge: false }), judgesOf(system, principles), { maxStates: 1e6 });
    expect([search.states, search.transitions]).toEqual([oracle.states, oracle.transitions]);
  });
});

describe('H5: what is refused while a sibling is reset', () => {
  function during(name: string, before: readonly Operation[], operation: Operation): readonly string[] {
    const world = stepping(on(pair(), under(name)));
    for (const one of before) expect(world.start(one)()).toBe('OK');
    const resetting = world.start(reset('B'));
    resetting(DONE);
    const meanwhile = world.start(operation)();
    resetting();
    return [meanwhile, world.start(operation)()];
  }
  it.each([
    ['6.12', 'OK'],
    ['7.3', 'EBUSY'],
  ])('%s: a claim gets %s', (name, result) => expect(during(name, [bind('A', V)], claim)[0]).toBe(result));
  it('7.3: and it can be had again after the reset', () =>
    expect(during('7.3', [bind('A', V)], claim)).toEqual(['EBUSY', 'OK']));
  it('7.3: an attach too', () => expect(during('7.3', [bind('A', V), claim], attach)).toEqual(['EBUSY', 'OK']));
  it('7.3: a kernel driver is bound, use() looks at no reset', () =>
    expect(during('7.3', [], bind('A', K))[0]).toBe('OK'));
  it('7.3: the device itself waits for its device_lock', () =>
    expect(during('7.3', [bind('B', K)], unbind('B'))).toEqual(['waits', 'OK']));
  it('7.3: a device that cannot be blocked is not reset', () =>
    expect(results(ran(single({ failsToAttach: 'blocking' }), under('7.3'), [reset('A'), bind('A', K)]))).toBe(
      'EINVAL OK',
    ));
});

describe('what a reset leaves alone, 7.3', () => {
  function resetIn(of: Machine, first: Operation, until: string) {
    const world = stepping(on(of, under('7.3')));
    const other = world.start(first);
    expect(other(until)).toBe(`before ${until}`);
    const resetting = world.start(reset('A'));
    return { world, other, resetting, prepared: resetting(DONE) };
  }
  it('a device that is gone', () =>
    expect(resetIn(single(), remove('A'), 'BUS_NOTIFY_REMOVED_DEVICE: iommu_release_device').prepared).toBe('ENODEV'));
  it('a device in no group', () => {
    const { world } = resetIn(
      { ...single(), iommu: 'later' },
      { do: 'register', group: 'group 0' },
      'iommu_init_device',
    );
    expect(['A.hw', 'A.recovering'].map(world.value)).toEqual(['none', false]);
  });
  it('a group without iommu_ops', () => {
    const world = stepping(on({ ...single(), withoutOps: { 'group 0': 'real' } }, under('7.3')));
    world.start(reset('A'))(DONE);
    expect(['A.hw', 'A.recovering'].map(world.value)).toEqual(['none', false]);
  });
  it('a group that gets its default domain meanwhile, but for the device', () => {
    const later = pair({ iommu: 'later' });
    const register: Operation = { do: 'register', group: 'group 0' };
    const { world, other, resetting } = resetIn(later, register, 'iommu_setup_default_domain');
    expect(other()).toBe('OK');
    expect(['group 0.domain', 'A.hw', 'B.hw'].map(world.value)).toEqual(['default', 'blocking', 'default']);
    expect(resetting()).toBe('OK');
    expect([world.value('A.hw'), world.broken()]).toEqual(['default', []]);
  });
  it('a member of a blocked group that is not on the blocking domain itself', () => {
    const of = pair({ B: { failsToAttach: 'blocking' } });
    const left = ran(of, under('7.3'), [remove('B'), bind('A', V), claim, attach, add('B'), detach, reset('B')]);
    expect(results(left)).toBe('OK OK OK OK OK OK OK');
    expect(['group 0.domain', 'B.hw', 'B.recovering'].map(left.value)).toEqual(['blocking', 'user u0', false]);
  });
});

describe('a registering IOMMU and a device whose driver is set, under 7.3', () => {
  const registering = (isTold: boolean) => {
    const bus = (isTold ? pci : { ...pci, firmware: () => undefined }) as Bus;
    const later = { ...single(), iommu: 'later' as const };
    const world = stepping(assemble(later, under('7.3'), [bus], { kind: 'open', inFlight: 2, menu: [] }));
    const binding = world.start(bind('A', K));
    binding('of_dma_configure');
    expect(world.start({ do: 'register', group: 'group 0' })()).toBe('OK');
    return { world, binding };
  };
  // iommu_init_device() calls no hook then, and finds no ops without a fwspec: -ENODEV.
  it('the walk leaves it out, and its own hook lets it join, where firmware tells of it', () => {
    const { world, binding } = registering(true);
    expect(world.value('A.iommu_group')).toBe(false);
    expect(binding()).toBe('OK');
    expect(world.value('A.iommu_group')).toBe(true);
  });
  it('joins where firmware knows nothing of it', () =>
    expect(registering(false).world.value('A.iommu_group')).toBe(true));
});

describe("M27: a sibling between its VFIO driver's remove and dev->driver = NULL; no principle speaks of opening", () => {
  function opening(strategy: Strategy): readonly string[] {
    const world = stepping(on(pair(), strategy));
    for (const operation of [bind('A', V), bind('B', V), claim, attach]) expect(world.start(operation)()).toBe('OK');
    const unbinding = world.start(unbind('B'));
    unbinding('device_unbind_cleanup');
    const meanwhile = world.start(open('A'))();
    unbinding();
    return [meanwhile, world.start(open('A'))()];
  }
  it('before: refused, as beside any driver', () =>
    expect(opening(but('legacy', { vfio: { tracksUnbound: false } }))).toEqual(['EINVAL', 'OK']));
  it.each(['legacy', '6.1'])('after, %s: opened', (name) => expect(opening(under(name))[0]).toBe('OK'));
  // vfio_unregister_group_dev() lists it, and vfio_register_group_dev() has yet to (5.10.262).
  it('but not beside one whose VFIO driver is only being bound', () => {
    const world = stepping(on(pair(), under('legacy')));
    for (const operation of [bind('A', V), claim, attach]) expect(world.start(operation)()).toBe('OK');
    const binding = world.start(bind('B', V));
    binding('vfio-pci.probe');
    expect(world.start(open('A'))()).toBe('EINVAL');
    binding();
    expect(world.start(open('A'))()).toBe('OK');
  });
  it('nor beside a kernel driver that a device has after it was unbound', () => {
    const steps = [bind('A', V), bind('B', V), unbind('B'), bind('B', K), claim, attach, open('A')];
    expect(results(ran(pair(), under('legacy'), steps))).toBe('OK OK OK OK OK OK EINVAL');
  });
  it('and a kernel driver is foreign either way', () => {
    for (const tracksUnbound of [true, false])
      expect(
        results(
          ran(pair(), but('legacy', { vfio: { tracksUnbound } }), [
            bind('B', K),
            bind('A', V),
            claim,
            attach,
            open('A'),
          ]),
        ),
      ).toBe('OK OK OK OK EINVAL');
  });
});

describe('M09: a group that VFIO made up', () => {
  const of: Machine = { ...single(), withoutOps: { 'group 0': 'fake' } };
  const sequence = [bind('A', V), claim, attach, open('A')];
  it('as mailed, v8 claims it as any group: it asks for no domain', () => {
    const mailed = ran(of, under('v8'), sequence);
    expect([results(mailed), mailed.broken]).toEqual(['OK OK OK OK', []]);
    expect(mailed.value('group 0.owner')).toBe('user u0');
  });
  it('before, with a blocking domain: no claim at all', () => {
    const before = ran(of, but('6.1', { vfio: { claimsFakeGroups: true } }), sequence);
    expect([results(before), before.broken]).toEqual(['OK EINVAL skip EINVAL', ['P19']]);
  });
  it.each(['6.1', '6.12', '7.3'])('after, %s: it is not claimed', (name) => {
    const after = ran(of, under(name), sequence);
    expect([results(after), after.broken]).toEqual(['OK OK OK OK', []]);
    expect(['group 0.owner', 'A.hw', 'A.iommu_group'].map(after.value)).toEqual(['none', 'none', true]);
  });
  it('goes with its VFIO driver, and a kernel driver is in no group', () => {
    const left = ran(of, under('6.12'), [...sequence, close, release, unbind('A'), bind('A', K)]);
    expect([results(left), left.broken]).toEqual(['OK OK OK OK OK OK OK OK', []]);
    expect(['A.iommu_group', 'group 0.owner_cnt'].map(left.value)).toEqual([false, 0]);
  });
  it('an ordinary group is claimed whatever is done about these', () => {
    const ordinary = ran(single(), but('6.1', { vfio: { claimsFakeGroups: true } }), sequence);
    expect([results(ordinary), ordinary.value('group 0.owner')]).toEqual(['OK OK OK OK', 'user u0']);
  });
  it('nobody is in it before that, however the device was added', () => {
    const nobody = stepping(on(of, under('6.1')));
    expect(nobody.value('A.iommu_group')).toBe(false);
    for (const operation of [remove('A'), add('A')]) nobody.start(operation)();
    expect(nobody.value('A.iommu_group')).toBe(false);
  });
  it('has to be the group of a device', () =>
    expect(() => machine('mine', { devices: single().devices, withoutOps: { 'group 7': 'fake' } })).toThrow(
      "machine 'mine': 'group 7', said to be without iommu_ops, is the group of no device",
    ));
});

describe('M25: a platform without iommu_ops', () => {
  const of: Machine = { ...pair(), withoutOps: { 'group 0': 'real' } };
  const sequence = [bind('A', V), claim, attach, open('A')];
  it.each(['legacy', 'v8'])('before, %s: VFIO works', (name) => {
    const before = ran(of, under(name), sequence);
    expect([results(before), before.broken]).toEqual(['OK OK OK OK', []]);
  });
  it.each(['6.1', '6.6'])('since 0286300e6045, %s: it does not', (name) => {
    const since = ran(of, under(name), sequence);
    expect([results(since), since.broken]).toEqual(['OK EINVAL skip EINVAL', ['P19']]);
  });
  it('its kernel drivers are counted as ever', () =>
    expect(results(ran(of, under('6.1'), [bind('A', K), bind('B', K), unbind('A'), bind('A', V), claim]))).toBe(
      'OK OK OK OK EPERM',
    ));
  it.each(['when added', 'at first bind'] as const)('and nobody is ever on a domain, having joined %s', (joins) => {
    const late = { ...of, devices: of.devices.map((device) => ({ ...device, joins })) };
    const bound = ran(late, under('6.1'), [bind('A', K)]);
    expect(['A.iommu_group', 'group 0.domain', 'A.hw'].map(bound.value)).toEqual([true, 'none', 'none']);
  });
  it('device by device, too', () => {
    const users = [{ name: 'u0', through: 'iommufd' } as const];
    expect(results(ran({ ...of, users }, under('6.6'), [bind('A', V), claimDevice('u0', 'A')]))).toBe('OK EINVAL');
  });
});

describe('M10: a driver swaps the identity default domain for an identity domain of its own', () => {
  const swapping = (own: OwnDomain, type: DomainType): Machine => ({
    ...pair({ B: { drivers: [{ ...kernelDriver(K), ownDomain: own }, userDriver(V)] } }),
    types: { now: { 'group 0': type }, auto: type },
  });
  const bound = (name: string, own: OwnDomain, type: DomainType): Run =>
    ran(swapping(own, type), under(name), [bind('B', K), bind('A', K), unbind('B')]);
  it.each(['v8', '6.12', '7.3'])('before 6.0 and after 6.6, %s: its sibling is refused without cause', (name) => {
    const refused = bound(name, 'identity', 'identity');
    expect([results(refused), refused.broken]).toEqual(['OK EBUSY OK', ['P19']]);
  });
  it.each(['6.1', '6.6'])('in between, %s: it means the same', (name) => {
    const admitted = bound(name, 'identity', 'identity');
    expect([results(admitted), admitted.broken]).toEqual(['OK OK OK', []]);
    expect(['group 0.domain', 'A.hw', 'group 0.owner_cnt'].map(admitted.value)).toEqual(['default', 'default', 1]);
  });
  it('6.1: the hardware of both is on it', () => {
    const swapped = ran(swapping('identity', 'identity'), under('6.1'), [bind('B', K), bind('A', K)]);
    expect(['group 0.domain', 'A.hw', 'B.hw'].map(swapped.value)).toEqual(Array(3).fill('identity B'));
  });
  it.each([
    ['identity', 'DMA'],
    [true, 'identity'],
    [true, 'DMA'],
  ] as const)('6.1: an own domain %s over a default one of type %s does not', (own, type) =>
    expect(results(bound('6.1', own, type))).toBe('OK EBUSY OK'),
  );
  it('6.1: nor does it for a user', () =>
    expect(results(ran(swapping('identity', 'identity'), under('6.1'), [bind('B', K), bind('A', V), claim]))).toBe(
      'OK OK EPERM',
    ));
});
