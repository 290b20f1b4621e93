import { EBUSY, machine, OK, type Bus, type BusKernel, type Device } from '@busward/core';
import { diff, type Restriction } from '@busward/explorer';
import { host1x } from '@busward/host1x';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { callsOf, compared, deviceOn, shared, side, theDifference, under } from './sides.ts';

/* By design a refinement can only restrict (packages/core/src/kernel/refinement.ts); whether it does is looked at here. */

const { refine: _, ...unrefined } = host1x;
const channel = (name: string, group: string) =>
  deviceOn(host1x as unknown as Bus, name, { group, facts: { node: `/${name}`, channel: 'c' } });
const twoGroups = machine('two clients of one channel', { devices: [channel('A', 'g'), channel('B', 'h')] });

function restrictionOf(refined: object, plain: object, of = twoGroups, inFlight = 1): Restriction | undefined {
  const sides = [side('refined', under('6.12'), refined), side('plain', under('6.12'), plain)] as const;
  return diff({ sides, machines: [[of, of]], principles: [], inFlight, restriction: true }).restriction;
}

const sharedPlatform = machine('shared', {
  devices: shared(platform as Bus).devices.map((one) => ({
    ...one,
    bus: 'platform',
    facts: platform.example(one.name),
  })),
});

describe('host1x with its refinement', () => {
  it('refuses what it does not without, and admits nothing more', () => {
    const sides = [side('refined', under('6.12'), host1x), side('plain', under('6.12'), unrefined)] as const;
    const difference = theDifference(compared(sides, [[twoGroups, twoGroups]], { inFlight: 1 }));
    expect(difference.shows).toBe('u0: claim h = EBUSY');
    expect(restrictionOf(host1x, unrefined)).toEqual({ kind: 'admits nothing more', inFlight: 1 });
  });
  it('admits nothing more with two operations in flight, either', () => {
    const { group: _group, ...withoutGroup } = channel('B', 'h');
    const oneGroup = machine('one group', { devices: [channel('A', 'g'), withoutGroup] });
    expect(restrictionOf(host1x, unrefined, oneGroup, 2)).toEqual({ kind: 'admits nothing more', inFlight: 2 });
  });
  it('without it, it admits more than with it: the same question the other way round', () =>
    expect(restrictionOf(unrefined, host1x)).toMatchObject({ kind: 'admits more' }));
});

it('a bus that drops the verdict admits more, and the scenario says how', () => {
  const dropping = {
    ...platform,
    *dma_configure(device: Device, kernel: BusKernel) {
      const driver = yield* kernel.driver.read(device);
      if (driver === undefined || driver.managesDma) return kernel.ownership.notNeeded(driver);
      const verdict = yield* kernel.ownership.use(device);
      return verdict === OK || verdict === EBUSY ? kernel.ownership.bypass('made up') : verdict;
    },
  };
  const found = restrictionOf(dropping, platform, sharedPlatform);
  if (found?.kind !== 'admits more') throw new Error(found?.kind);
  expect(found.difference.by).toBe(0);
  expect(callsOf(found.difference)).toBe('bind A to vfio, u0: claim g, bind B to kernel');
});

describe('a bus that gives the check back and takes it again, whatever it says then', () => {
  const lettingGo = {
    ...platform,
    *dma_configure(device: Device, kernel: BusKernel) {
      const driver = yield* kernel.driver.read(device);
      if (driver === undefined || driver.managesDma) return kernel.ownership.notNeeded(driver);
      const verdict = yield* kernel.ownership.use(device);
      if (verdict !== OK) return verdict;
      yield* kernel.ownership.unuse(device);
      yield* kernel.ownership.use(device);
      return kernel.ownership.bypass('made up');
    },
  };
  const oneDriverEach = machine('one driver each', {
    devices: sharedPlatform.devices.map((one, at) => ({ ...one, drivers: [one.drivers[1 - at]!] })),
  });
  it('admits nothing more, one operation after the other', () =>
    expect(restrictionOf(lettingGo, platform, oneDriverEach)).toEqual({ kind: 'admits nothing more', inFlight: 1 }));
  it('admits more with two in flight, and the scenario says how', () => {
    const found = restrictionOf(lettingGo, platform, oneDriverEach, 2);
    if (found?.kind !== 'admits more') throw new Error(found?.kind);
    expect(found.difference.before.map(({ text }) => text)).toEqual([
      'call: bind A to vfio',
      'bind A to vfio = OK',
      'call: bind B to kernel',
      'call: u0: claim g',
      'A: on blocking, B: on blocking, g: held by u0',
    ]);
    expect(found.difference.shows).toBe('B: active');
  });
});
