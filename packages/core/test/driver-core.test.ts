import {
  assemble,
  configureThenCheck,
  defineBus,
  device,
  kernelDriver,
  legacyNotifier,
  linux61,
  machine,
  userDriver,
  v1,
  v8,
  type Machine,
  type ProbeStage,
  type Strategy,
} from '@busward/core';
import { describe, expect, it } from '@jest/globals';
import { follower } from './follow.ts';

/* The expected orders are those of drivers/base/dd.c, really_probe() and __device_release_driver(), in 5.10.262 and 6.1.192. */

const bus = defineBus<'mine', { node: string }>({
  name: 'mine',
  source: 'nowhere',
  says: 'a bus',
  ...configureThenCheck(({ facts }) => ({ node: facts.node })),
  firmware: ({ facts }) => ({ node: facts.node }),
  isolation: ({ name }) => [name],
  example: (name) => ({ node: name }),
  recognise: () => undefined,
  managedDrivers: [],
  history: [],
});

function bound(strategy: Strategy, failsAt?: ProbeStage, more: Partial<Machine> = {}) {
  const drivers = [{ ...kernelDriver('drv'), ...(failsAt && { failsAt }) }, userDriver('vfio')];
  const of = machine('one', { devices: [device(bus, 'A', { group: 'g', drivers })], ...more });
  const system = assemble(of, strategy, [bus], { kind: 'open', inFlight: 1, menu: [] });
  const follow = follower(system);
  const calls = follow.calls({ do: 'bind', device: 'A', driver: 'drv' });
  return { follow, calls };
}

const toConfigure = [
  '__driver_probe_device',
  'dev->driver = drv',
  'pinctrl_bind_pins',
  'of_dma_configure',
  'READ_ONCE(dev->driver)',
];
const use = 'iommu_device_use_default_domain';
const cleanUp = ['READ_ONCE(dev->driver)', 'iommu_device_unuse_default_domain'];
const toProbe = ['BUS_NOTIFY_BIND_DRIVER', 'driver_sysfs_add', 'pm_domain.activate', 'drv.probe'];
const pinctrlFailed = ['device_links_no_driver', 'device_unbind_cleanup', 'device_unlock'];

describe('bind, as in 6.1', () => {
  it('succeeds in the order of really_probe', () => {
    expect(bound(linux61).calls).toEqual([...toConfigure, use, ...toProbe, 'driver_bound', 'device_unlock', '= OK']);
  });

  it.each<[ProbeStage, readonly string[]]>([
    ['pinctrl', [...toConfigure.slice(0, 3), ...pinctrlFailed]],
    [
      'sysfs',
      [...toConfigure, use, 'BUS_NOTIFY_BIND_DRIVER', 'BUS_NOTIFY_DRIVER_NOT_BOUND', ...cleanUp, ...pinctrlFailed],
    ],
    [
      'pm_domain',
      [
        ...toConfigure,
        use,
        ...toProbe.slice(0, 3),
        'driver_sysfs_remove',
        'BUS_NOTIFY_DRIVER_NOT_BOUND',
        ...cleanUp,
        ...pinctrlFailed,
      ],
    ],
    [
      'probe',
      [
        ...toConfigure,
        use,
        ...toProbe,
        'drv.probe returns',
        'driver_sysfs_remove',
        'BUS_NOTIFY_DRIVER_NOT_BOUND',
        ...cleanUp,
        ...pinctrlFailed,
      ],
    ],
    [
      'dev_groups',
      [
        ...toConfigure,
        use,
        ...toProbe,
        'drv.remove',
        'driver_sysfs_remove',
        'BUS_NOTIFY_DRIVER_NOT_BOUND',
        ...cleanUp,
        ...pinctrlFailed,
      ],
    ],
  ])('that fails at %s leaves by its exit, and gives back what it used', (stage, expected) => {
    const { calls, follow } = bound(linux61, stage);
    expect(calls).toEqual([...expected, '= ENODEV']);
    expect(follow.value('g.owner_cnt')).toBe(0);
    expect(follow.value('A.driver')).toBeUndefined();
    expect(follow.value('A.device_lock')).toBe(false);
  });

  it('that dma_configure refuses leaves by pinctrl_bind_failed: no notifier, no dma_cleanup', () => {
    const of = machine('two', {
      devices: ['A', 'B'].map((name) =>
        device(bus, name, { group: 'g', drivers: [kernelDriver('drv'), userDriver('vfio')] }),
      ),
    });
    const follow = follower(assemble(of, linux61, [bus], { kind: 'open', inFlight: 1, menu: [] }));
    follow.calls({ do: 'bind', device: 'B', driver: 'vfio' });
    follow.calls({ do: 'claim', user: 'u0', group: 'g' });
    expect(follow.calls({ do: 'bind', device: 'A', driver: 'drv' })).toEqual([
      ...toConfigure,
      use,
      'arch_teardown_dma_ops(A)',
      ...pinctrlFailed,
      '= EBUSY',
    ]);
  });

  it('with test_remove cleans up before it probes again (f429378a9bf8)', () => {
    const { calls, follow } = bound(linux61, undefined, { testRemove: true });
    expect(calls).toEqual([
      ...toConfigure,
      use,
      ...toProbe,
      'test_remove',
      'drv.remove',
      'driver_sysfs_remove',
      ...cleanUp,
      'device_unbind_cleanup',
      ...toConfigure.slice(1),
      use,
      ...toProbe,
      'driver_bound',
      'device_unlock',
      '= OK',
    ]);
    expect(follow.value('g.owner_cnt')).toBe(1);
  });

  it('with test_remove leaks a count before that (v8; M11)', () => {
    expect(bound(v8, undefined, { testRemove: true }).follow.value('g.owner_cnt')).toBe(2);
  });
});

describe('bind, as in 5.10', () => {
  const configure = [
    '__driver_probe_device',
    'dev->driver = drv',
    'pinctrl_bind_pins',
    'of_dma_configure',
    'READ_ONCE(dev->driver)',
  ];
  // dd.c of 5.10.262, lines 617-640: NOT_BOUND, links, devres, and only then the sysfs links and dev->driver.
  const pinctrlBindFailed = ['device_links_no_driver', 'driver_sysfs_remove', 'device_unbind_cleanup', 'device_unlock'];
  const probeFailed = ['BUS_NOTIFY_DRIVER_NOT_BOUND', ...pinctrlBindFailed];

  it.each<[ProbeStage, readonly string[]]>([
    ['pinctrl', [...configure.slice(0, 3), ...pinctrlBindFailed]],
    ['sysfs', [...configure, 'BUS_NOTIFY_BIND_DRIVER', ...probeFailed]],
    ['pm_domain', [...configure, ...toProbe.slice(0, 3), ...probeFailed]],
    ['probe', [...configure, ...toProbe, 'drv.probe returns', ...probeFailed]],
    ['dev_groups', [...configure, ...toProbe, 'drv.remove', ...probeFailed]],
  ])('fails at %s without dma_cleanup, and tells the writer ENODEV', (stage, calls) => {
    expect(bound(legacyNotifier, stage).calls).toEqual([...calls, '= ENODEV']);
  });

  it('tells the writer ENODEV of a device that has a driver, too, without taking its lock', () => {
    const { follow } = bound(legacyNotifier);
    expect(follow.calls({ do: 'bind', device: 'A', driver: 'vfio' })).toEqual(['__driver_probe_device', '= ENODEV']);
  });

  it('tells VFIO after the driver was bound', () => {
    expect(bound(legacyNotifier).calls.slice(-4)).toEqual([
      'driver_bound',
      'BUS_NOTIFY_BOUND_DRIVER: vfio_iommu_group_notifier',
      'device_unlock',
      '= OK',
    ]);
  });

  it('sends a refused dma_configure to probe_failed: NOT_BOUND, though BIND was never sent', () => {
    const refusing: Strategy = {
      ...linux61,
      surroundings: { ...linux61.surroundings, driverCore: legacyNotifier.surroundings.driverCore },
    };
    const of = machine('two', {
      devices: ['A', 'B'].map((name) =>
        device(bus, name, { group: 'g', drivers: [kernelDriver('drv'), userDriver('vfio')] }),
      ),
    });
    const follow = follower(assemble(of, refusing, [bus], { kind: 'open', inFlight: 1, menu: [] }));
    follow.calls({ do: 'bind', device: 'B', driver: 'vfio' });
    follow.calls({ do: 'claim', user: 'u0', group: 'g' });
    expect(follow.calls({ do: 'bind', device: 'A', driver: 'drv' }).slice(-6)).toEqual([...probeFailed, '= ENODEV']);
  });
});

describe('unbind', () => {
  it('in the order of __device_release_driver: remove, dma_cleanup, then devres and dev->driver = NULL', () => {
    const { follow } = bound(linux61);
    expect(follow.calls({ do: 'unbind', device: 'A' })).toEqual([
      'device_release_driver_internal',
      'driver_sysfs_remove',
      'BUS_NOTIFY_UNBIND_DRIVER',
      'drv.remove',
      ...cleanUp,
      'device_unbind_cleanup',
      'BUS_NOTIFY_UNBOUND_DRIVER',
      'device_unlock',
      '= OK',
    ]);
    expect(follow.calls({ do: 'unbind', device: 'A' })).toEqual(['device_release_driver_internal', '= ENODEV']);
  });

  it('gives ownership back after everything else under v1, so that devres has no window (H7)', () => {
    const { follow, calls } = bound(v1);
    expect(calls.indexOf('iommu_device_set_dma_owner')).toBeLessThan(calls.indexOf('dev->driver = drv'));
    expect(follow.calls({ do: 'unbind', device: 'A' }).slice(-5)).toEqual([
      'device_unbind_cleanup',
      'iommu_device_release_dma_owner',
      'BUS_NOTIFY_UNBOUND_DRIVER',
      'device_unlock',
      '= OK',
    ]);
  });

  it('of a device that is bound already refuses a second bind with EBUSY, and touches nothing', () => {
    const { follow } = bound(linux61);
    expect(follow.calls({ do: 'bind', device: 'A', driver: 'vfio' })).toEqual(['__driver_probe_device', '= EBUSY']);
    expect(follow.value('A.driver')).toBe('drv');
  });
});
