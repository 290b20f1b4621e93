import {
  assemble,
  configureThenCheck,
  defineBus,
  definePrinciple,
  kernelDriver,
  menuOf,
  principles,
  strategies,
  stubDriver,
  userDriver,
  type Bus,
  type Machine,
  type Operation,
} from '@busward/core';
import { explore, run, type Run } from '@busward/explorer';
import { describe, expect, it } from '@jest/globals';
import {
  add,
  attach,
  bind,
  buses,
  claim,
  claimDevice,
  crossBus,
  detach,
  K,
  open,
  pair,
  releaseDevice,
  remove,
  single,
  unbind,
  V,
  under,
  results,
} from './machines.ts';
import { isComplete } from '../src/search/ended.ts';

/*
 * L1-L18 (docs/numbers.md): verdicts predicted by reading the sources. Where one does not come out, the test says
 * "refuted" and why. L10 needs a bus that loses the verdict (cdx).
 */

function litmus(name: string, on: Machine, operations: readonly Operation[], plugins: readonly Bus[] = buses): Run {
  return run(assemble(on, under(name), plugins, { kind: 'open', inFlight: 1, menu: [] }), operations, principles);
}

const counted = ['v8', '6.1', '6.12', '7.3'];
const iommufd = { users: ['u0', 'u1'].map((name) => ({ name, through: 'iommufd' }) as const) };

describe('L1: kernel driver on B, then a user on A', () => {
  const sequence = [bind('B', K), bind('A', V), claim, attach, open('A')];
  it('legacy: the claim is granted, and the device file is refused', () => {
    const ran = litmus('legacy', pair(), sequence);
    expect(results(ran)).toBe('OK OK OK OK EINVAL');
    // Not in the prediction: user mappings already govern B's DMA when the file is refused.
    expect(ran.broken).toContain('P1');
  });
  it('domain-compare admits the mixture that Jason Gunthorpe predicted', () => {
    const ran = litmus('domain-compare', pair(), sequence);
    expect(results(ran)).toBe('OK OK OK OK OK');
    expect(ran.broken).toEqual(['P1', 'P2']);
    expect([ran.value('B.driver'), ran.value('B.hw')]).toEqual([K, 'user u0']);
  });
  it.each(counted)('%s: EPERM', (name) =>
    expect(results(litmus(name, pair(), sequence))).toBe('OK OK EPERM skip EINVAL'),
  );
});

describe('L2: a user on A, then a kernel driver on B', () => {
  const sequence = [bind('A', V), claim, bind('B', K)];
  it('legacy crashes', () => {
    const ran = litmus('legacy', pair(), sequence);
    expect(results(ran)).toBe('OK OK crash');
    expect(ran.log).toEqual(['kernel BUG in vfio_iommu_group_notifier()']);
    expect(ran.broken).toContain('P14');
  });
  it('domain-compare: admitted until the user attaches', () => {
    expect(results(litmus('domain-compare', pair(), sequence))).toBe('OK OK OK');
    expect(results(litmus('domain-compare', pair(), [bind('A', V), claim, attach, bind('B', K)]))).toBe(
      'OK OK OK EBUSY',
    );
  });
  it.each(counted)('%s: EBUSY', (name) => expect(results(litmus(name, pair(), sequence))).toBe('OK OK EBUSY'));
});

describe('L3: between detach and release', () => {
  const sequence = [bind('A', V), claim, attach, detach, bind('B', K)];
  it('legacy crashes', () => expect(results(litmus('legacy', pair(), sequence))).toBe('OK OK OK OK crash'));
  it('domain-compare admits', () => expect(results(litmus('domain-compare', pair(), sequence))).toBe('OK OK OK OK OK'));
  it('v8: EBUSY, but the hardware stays on the domain that VFIO frees (M08)', () => {
    const ran = litmus('v8', pair(), sequence);
    expect(results(ran)).toBe('OK OK OK OK EBUSY');
    expect([ran.value('group 0.domain'), ran.value('A.hw')]).toEqual(['none', 'user u0']);
    expect(ran.broken).toContain('P10');
  });
  it.each(['6.1', '6.12', '7.3'])('%s: EBUSY, and blocked', (name) => {
    const ran = litmus(name, pair(), sequence);
    expect(results(ran)).toBe('OK OK OK OK EBUSY');
    expect(ran.value('A.hw')).toBe('blocking');
  });
});

describe('L4: a kernel driver moves the group to a domain of its own', () => {
  const on = pair({ B: { drivers: [{ ...kernelDriver(K), ownDomain: true }, userDriver(V)] } });
  it('legacy: fine', () => expect(results(litmus('legacy', on, [bind('B', K), bind('A', K)]))).toBe('OK OK'));
  it.each(['domain-compare', ...counted])('%s: refused without cause (M10)', (name) => {
    const ran = litmus(name, on, [bind('B', K), bind('A', K)]);
    expect(results(ran)).toBe('OK EBUSY');
    expect(ran.broken).toEqual(['P19']);
  });
});

it.each(['legacy', 'domain-compare', ...counted])('L5: %s: a probe that failed leaves nothing behind', (name) => {
  const on = pair({ B: { drivers: [{ ...kernelDriver(K), failsAt: 'probe' }, userDriver(V)] } });
  expect(results(litmus(name, on, [bind('B', K), bind('A', V), claim]))).toBe('ENODEV OK OK');
});

describe('L6: test_remove leaks a count exactly in the versions before its fix', () => {
  const sequence = [bind('B', K), unbind('B'), bind('A', V), claim];
  const leaks = strategies.filter(({ name }) =>
    results(litmus(name, pair({ testRemove: true }), sequence)).endsWith('EPERM'),
  );
  it('v7 and v8 leak, so that the group can never be claimed', () =>
    expect(leaks.map(({ name }) => name)).toEqual(['v7', 'v8']));
  it('v4 leaks too (its errno is EBUSY); v1 does not, its claim stands before re_probe', () => {
    expect(results(litmus('v4', pair({ testRemove: true }), sequence))).toBe('OK OK OK EBUSY');
    expect(results(litmus('v1', pair({ testRemove: true }), sequence))).toBe('OK OK OK OK');
  });
  it.each(['legacy', 'domain-compare', '6.1', '6.6', '6.12', '7.3'])('%s: fine', (name) =>
    expect(results(litmus(name, pair({ testRemove: true }), sequence))).toBe('OK OK OK OK'),
  );
  it('v8: at last the count leaves its range, which breaks P4, and nothing goes on', () => {
    const ran = litmus('v8', { ...single(), testRemove: true }, [bind('A', K), unbind('A'), bind('A', K), unbind('A')]);
    expect(results(ran)).toBe('OK OK out of range');
    expect(ran.broken).toEqual(['P4']);
  });
});

describe('L7: a bind while the IOMMU registers', () => {
  const explored = (name: string) =>
    explore(
      assemble(pair({ iommu: 'later' }), under(name), buses, {
        kind: 'actors',
        actors: [[bind('B', K)], [{ do: 'register', group: 'group 0' }]],
      }),
      principles,
    ).violations.map(({ principle }) => principle.id);
  it.each(['v8', '6.1', '6.6'])('%s: the default domain is set up under the driver (M19)', (name) =>
    expect(explored(name)).toContain('P17'),
  );
  it('6.12: deferred', () => expect(explored('6.12')).toEqual([]));
  it('7.3: or not counted at all, as H1 has it: the bind gets past a device that the walk has begun with', () =>
    expect(explored('7.3')).toEqual(['P4', 'P17']));
});

describe('H9, found by the search and read in 7.3.4 (iommu_setup_default_domain() looks at no owner); never executed', () => {
  const late = pair({ iommu: 'later' });
  const exposed = (name: string) =>
    explore(
      assemble(late, under(name), buses, {
        kind: 'actors',
        actors: [[bind('A', V), claim], [{ do: 'register', group: 'group 0' }]],
      }),
      principles,
    ).violations.filter(({ principle }) => principle.id === 'P6').length > 0;
  it.each(['6.1', '6.6', '6.12', '7.3'])(
    '%s: a group that is claimed during the walk ends on the default domain',
    (name) => expect(exposed(name)).toBe(true),
  );
});

describe('L8: B is hot-added while a user owns the group', () => {
  const sequence = [remove('B'), bind('A', V), claim, attach, add('B'), bind('B', K)];
  it('legacy: a warning, the default domain on B, and the crash', () => {
    const ran = litmus('legacy', pair(), sequence);
    expect(results(ran)).toBe('OK OK OK OK OK crash');
    expect(ran.log[0]).toBe('vfio: Device B added to live group 0');
    expect([ran.value('A.hw'), ran.value('B.hw')]).toEqual(['user u0', 'default']);
    expect(ran.broken).toContain('P9');
  });
  it.each(['domain-compare', ...counted])('%s: EBUSY', (name) =>
    expect(results(litmus(name, pair(), sequence))).toBe('OK OK OK OK OK EBUSY'),
  );
});

describe('L9: the driver goes, the user stays, the devices are removed', () => {
  const sequence = [bind('A', V), claim, unbind('A'), remove('A'), remove('B')];
  it('legacy: refuted ("stale"): unbinding the last VFIO device waits for the container, as the 5.10 traces show', () =>
    expect(results(litmus('legacy', pair(), sequence))).toBe('OK OK blocked blocked OK'));
  it('v8: refuted ("owned empty group"): the wait was still there when it was mailed', () =>
    expect(results(litmus('v8', pair(), sequence))).toBe('OK OK blocked blocked OK'));
  // vfio_group_fops_open() knows no more than that the group is there, and open (drivers/vfio/vfio.c, 5.10).
  it.each(['legacy', 'v8'])('%s: while that waits, another user is told that the group is busy', (name) => {
    const users = ['u0', 'u1'].map((user) => ({ name: user, through: 'container' }) as const);
    const another: Operation = { do: 'claim', user: 'u1', group: 'group 0' };
    expect(results(litmus(name, pair({ users }), [bind('A', V), claim, unbind('A'), another]))).toBe(
      'OK OK blocked EBUSY',
    );
  });
  it('v8 on a VFIO without that wait (container_q deleted): the group is empty and owned', () => {
    const v8 = under('v8');
    const { surroundings } = v8;
    const after = {
      ...v8,
      surroundings: { ...surroundings, vfio: { ...surroundings.vfio, lastDevice: 'leaves' } as const },
    };
    const ran = run(assemble(pair(), after, buses, { kind: 'open', inFlight: 1, menu: [] }), sequence, principles);
    expect(results(ran)).toBe('OK OK OK OK OK');
    expect(ran.broken).toContain('P11');
  });
  it.each(['6.1', '6.12', '7.3'])('%s: the user is thrown out', (name) => {
    const ran = litmus(name, pair(), sequence);
    expect(results(ran)).toBe('OK OK OK OK OK');
    expect(ran.broken).toEqual([]);
  });
});

describe('L10, H3: a bus that loses the verdict, as cdx does', () => {
  const lossy = defineBus<'lossy', { node: string }>({
    name: 'lossy',
    source: 'drivers/cdx/cdx.c, cdx_dma_configure(), 7.3.4 (M22)',
    says: 'drops what the check said, and gives back what it did not get',
    ...configureThenCheck(({ facts }) => ({ node: facts.node })),
    *dma_configure(dev, kernel) {
      yield* kernel.firmware.configure(dev, { node: dev.facts.node });
      const driver = yield* kernel.driver.read(dev);
      if (driver && !driver.managesDma) yield* kernel.ownership.use(dev);
      return kernel.ownership.bypass('cdx returns 0 whatever the check said');
    },
    firmware: ({ facts }) => ({ node: facts.node }),
    isolation: ({ name }) => [name],
    example: (name) => ({ node: name }),
    recognise: () => undefined,
    managedDrivers: [],
    history: [],
  });
  const on = pair();
  const careless = { ...on.devices[1]!, bus: 'lossy', facts: { node: 'B' } };
  const third = { ...on.devices[0]!, name: 'C', facts: { ...on.devices[0]!.facts, address: '0000:03:00.0' } };
  const shared: Machine = { ...on, devices: [on.devices[0]!, careless, third] };

  it.each(['6.1', '6.12', '7.3'])(
    '%s: the mixture, then one unbalanced unuse admits the next kernel driver anywhere',
    (name) => {
      const ran = litmus(
        name,
        shared,
        [bind('A', V), claim, bind('C', K), bind('B', K), unbind('B'), bind('C', K)],
        [...buses, lossy],
      );
      expect(results(ran)).toBe('OK OK EBUSY OK OK OK');
      expect(ran.value('group 0.owner')).toBe('user u0');
      expect(ran.broken).toEqual(expect.arrayContaining(['P1', 'P4', 'P5']));
    },
  );
  const late: Machine = { ...on, devices: on.devices.map((device) => ({ ...device, joins: 'at first bind' })) };
  const uncounted = [bind('B', K), bind('A', V), claim, unbind('B'), bind('B', K)];
  it('v1 is safe from it: its release is typed, and one that no use went before cannot take the count of a user', () => {
    const ran = litmus('v1', late, uncounted);
    expect(results(ran)).toBe('OK OK OK OK EBUSY');
    expect(ran.log).toContain('iommu_device_release_dma_owner: not owned by the kernel');
  });
  it('v7 is not: the same uncounted bind, and the next one is admitted', () =>
    expect(results(litmus('v7', late, uncounted))).toBe('OK OK OK OK OK'));
});

describe('L11, L12: iommufd', () => {
  it.each(['6.12', '7.3'])('L11: %s: a second context gets EPERM', (name) => {
    const ran = litmus(name, pair(iommufd), [
      bind('A', V),
      bind('B', V),
      claimDevice('u0', 'A'),
      claimDevice('u1', 'B'),
    ]);
    expect(results(ran)).toBe('OK OK OK EPERM');
  });
  it.each(['6.12', '7.3'])('L12: %s: one of two devices given back keeps the owner', (name) => {
    const two = [bind('A', V), bind('B', V), claimDevice('u0', 'A'), claimDevice('u0', 'B')];
    const ran = litmus(name, pair(iommufd), [...two, releaseDevice('u0', 'A'), unbind('A'), bind('A', K)]);
    expect(results(ran)).toBe('OK OK OK OK OK OK EBUSY');
    expect([ran.value('group 0.owner'), ran.value('group 0.owner_cnt')]).toEqual(['user u0', 1]);
  });
  it.each(['6.12', '7.3'])('%s: two contexts, in any order, break nothing', (name) => {
    const on = pair(iommufd);
    const explored = explore(
      assemble(on, under(name), buses, { kind: 'open', inFlight: 2, menu: menuOf(on) }),
      principles,
    );
    expect([isComplete(explored), explored.violations]).toEqual([true, []]);
  });
  it('the group and its devices are not had in two ways at once (vfio_device_block_group(), 6.12)', () => {
    const users = [{ name: 'u0', through: 'container' } as const, { name: 'u1', through: 'iommufd' } as const];
    const byDevice = [bind('A', V), bind('B', V), claimDevice('u1', 'A')];
    expect(results(litmus('6.12', pair({ users }), [...byDevice, claim, claimDevice('u1', 'A')]))).toBe(
      'OK OK OK EBUSY skip',
    );
    expect(results(litmus('6.12', pair({ users }), [bind('A', V), claim, claimDevice('u1', 'A')]))).toBe('OK OK EBUSY');
  });
  it.each(['legacy', 'domain-compare', 'v8', '6.1'])('%s has no iommufd', (name) =>
    expect(results(litmus(name, pair(iommufd), [bind('A', V), claimDevice('u0', 'A')]))).toBe('OK ENOENT'),
  );
});

describe('L13: the type of a group whose VFIO driver nobody has opened', () => {
  const on: Machine = { ...single(), types: { now: {}, auto: 'DMA' } };
  const typed = (name: string): string =>
    results(litmus(name, on, [bind('A', V), { do: 'set type', group: 'group 0', type: 'identity' }]));
  it('legacy: nobody may', () => expect(typed('legacy')).toBe('OK EACCES'));
  it.each(['v8', '6.1'])('%s: EBUSY, a driver is bound', (name) => expect(typed(name)).toBe('OK EBUSY'));
  it.each(['6.6', '6.12', '7.3'])('%s: changed, nobody is counted', (name) => expect(typed(name)).toBe('OK OK'));
});

describe('L14, L15: bridges', () => {
  const on = pair({ B: { bridge: true, drivers: [stubDriver('pcieport'), kernelDriver(K)] } });
  it.each(['legacy', 'domain-compare', ...counted])('L14: %s: pcieport does not block', (name) =>
    expect(results(litmus(name, on, [bind('B', 'pcieport'), bind('A', V), claim]))).toBe('OK OK OK'),
  );
  it.each(['legacy', 'domain-compare'])('L15: %s: nor does another driver on the bridge', (name) =>
    expect(results(litmus(name, on, [bind('B', K), bind('A', V), claim]))).toBe('OK OK OK'),
  );
  it.each(counted)('L15: %s: another driver on the bridge does: the intended tightening', (name) =>
    expect(results(litmus(name, on, [bind('B', K), bind('A', V), claim]))).toBe('OK OK EPERM'),
  );
});

describe('L16: a device with a firmware 1:1 region', () => {
  const on = pair({ A: { direct: true } });
  const claimed = (name: string): Run => litmus(name, on, [bind('A', V), claim]);
  it.each(['legacy', 'domain-compare', 'v8'])('%s: claimed, the firmware untouched', (name) => {
    expect(results(claimed(name))).toBe('OK OK');
    expect(claimed(name).broken).not.toContain('P13');
  });
  it('6.1: claimed, and the firmware blocked (M17)', () => {
    expect(results(claimed('6.1'))).toBe('OK OK');
    expect(claimed('6.1').broken).toEqual(['P13']);
  });
  it.each(['6.6', '6.12', '7.3'])('%s: EINVAL', (name) => expect(results(claimed(name))).toBe('OK EINVAL'));

  const late = (name: string): Run =>
    litmus(name, pair({ B: { direct: true } }), [remove('B'), bind('A', V), claim, add('B'), bind('B', K)]);
  it.each(['6.6', '6.12', '7.3'])('H2: %s: refused by the domain it would join, it runs beside the owner', (name) => {
    expect(results(late(name))).toBe('OK OK OK OK OK');
    expect(late(name).broken).toEqual(['P1', 'P2']);
  });
  it('H2: 6.1: it joins, and is refused like any member', () => expect(results(late('6.1'))).toBe('OK OK OK OK EBUSY'));
});

describe('L17: a group that spans platform and pci', () => {
  const sequence = [bind('A', K), bind('B', V), claim, attach, open('B')];
  it('legacy: EINVAL at the device file', () =>
    expect(results(litmus('legacy', crossBus(), sequence))).toBe('OK OK OK OK EINVAL'));
  it('domain-compare: the mixture', () => {
    const ran = litmus('domain-compare', crossBus(), sequence);
    expect(results(ran)).toBe('OK OK OK OK OK');
    expect(ran.broken).toContain('P1');
  });
  it.each(counted)('%s: EPERM', (name) =>
    expect(results(litmus(name, crossBus(), sequence))).toBe('OK OK EPERM skip EINVAL'),
  );
});

describe('L18, H7: a claim while the last kernel driver is still releasing its devres', () => {
  const noDevres = definePrinciple({
    id: 'X1',
    name: 'no devres',
    sentence: 'a user holds no group in which a driver that has been removed still has devres to release',
    source: 'drivers/base/dd.c, device_unbind_cleanup(); H7',
    outcome: 'exposed',
    states: (group) =>
      group.holders.length === 0
        ? []
        : group.members.filter((member) => group.bound(member) && !group.active(member) && member.name === 'B'),
  });
  const explored = (name: string) =>
    explore(
      assemble(pair(), under(name), buses, {
        kind: 'actors',
        // The claim comes after the bind has returned, so what it meets can only be the unbind.
        actors: [[bind('B', K), bind('A', V), claim], [unbind('B')]],
      }),
      [noDevres],
    ).violations.length;
  it.each([...counted, 'v4'])('%s: the claim gets into the window, as predicted', (name) =>
    expect(explored(name)).toBe(1),
  );
  it('v1: there is no window: ownership goes last', () => expect(explored('v1')).toBe(0));
});
