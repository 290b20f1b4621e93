import {
  assemble,
  device,
  groupDevices,
  kernelDriver,
  machine,
  menuOf,
  principles,
  strategies,
  userDriver,
  type Machine,
  type System,
} from '@busward/core';
import { compile, exploreCompiled, exploreNaively, judgesOf } from '@busward/explorer';
import { fslMc } from '@busward/fsl-mc';
import { describe, expect, it } from '@jest/globals';
import { bisimilar, ltsOf } from './bisimulation.ts';
import { bind, buses as pciAndPlatform, claim, crossBus, pair, single } from './machines.ts';

const buses = [...pciAndPlatform, fslMc];

/*
 * The oracle is exploreNaively: it runs the generators themselves. With place merging off, the search visits the very
 * same states; with merging on, a system that is bisimilar to it. The pinned numbers are the oracle's.
 */

const iommufd = { users: [{ name: 'u0', through: 'iommufd' } as const] };
const machines: Readonly<Record<string, Machine>> = {
  single: single(),
  'single, late': single({ joins: 'at first bind' }),
  'single, iommufd': { ...single(), ...iommufd },
  'single, two users': { ...single(), users: ['u0', 'u1'].map((name) => ({ name, through: 'container' }) as const) },
  'single, test_remove': { ...single(), testRemove: true },
  'single, probe fails': single({
    drivers: [{ ...kernelDriver('kernel-driver'), failsAt: 'probe' }, userDriver('vfio-pci')],
  }),
  'single, registers': { ...single(), iommu: 'later' },
  'single, registers, late': { ...single({ joins: 'at first bind' }), iommu: 'later' },
  'single, own domain': single({
    drivers: [{ ...kernelDriver('kernel-driver'), ownDomain: true }, userDriver('vfio-pci')],
  }),
  'single, firmware region': single({ direct: true }),
  refined: machine('a container and an object', {
    devices: groupDevices(
      ['dprc.1', 'dpni.0'].map((name) => device(fslMc, name, { facts: { iommu: 'arm-smmu-v3', container: 'dprc.1' } })),
      [fslMc],
    ),
  }),
  pair: pair(),
  'across buses, late': crossBus({ joins: 'at first bind' }),
};

const systemOf = (named: string, strategy: string, hotplug = false): System => {
  const on = machines[named]!;
  const menu = menuOf(on, { hotplug });
  return assemble(
    on,
    strategies.find(({ name }) => name === strategy)!,
    buses,
    { kind: 'open', inFlight: 2, menu },
  );
};

const unmerged = (system: System) =>
  exploreCompiled(compile(system, { merge: false }), judgesOf(system, principles), { maxStates: 1e6 });
const merged = (system: System) => exploreCompiled(compile(system), judgesOf(system, principles), { maxStates: 1e6 });

const verdicts = (exploration: ReturnType<typeof merged>) =>
  Object.fromEntries(exploration.violations.map((one) => [`${one.principle.id} ${one.device}`, one.path.length]));

describe('the search and the oracle visit the same', () => {
  it.each<[string, string, number, number]>([
    ['single', 'legacy', 101, 306],
    ['single', 'v1', 60, 166],
    ['single', '6.1', 62, 175],
    ['single, late', 'v7', 78, 223],
    ['single, late', 'domain-compare', 121, 334],
    ['single, iommufd', '6.12', 273, 608],
    ['single, iommufd', '7.3', 273, 608],
    ['single, two users', '6.1', 103, 384],
    ['single, two users', 'legacy', 231, 754],
    ['single, test_remove', 'v8', 136, 359],
    ['single, test_remove', '6.6', 123, 322],
    ['single, probe fails', 'v4', 58, 158],
    ['single, probe fails', 'sibling-scan', 61, 167],
    ['single, registers', '6.1', 281, 740],
    ['single, registers', '6.12', 268, 703],
    ['single, registers, late', '6.6', 138, 384],
    ['single, registers, late', '7.3', 550, 1419],
    ['single, own domain', '6.1', 64, 181],
    ['single, own domain', 'domain-compare', 114, 312],
    ['single, firmware region', '6.6', 24, 75],
    ['refined', '6.1', 982, 2720],
    ['pair', 'legacy', 2571, 7421],
    ['pair', 'domain-compare', 4408, 13533],
    ['pair', 'v4-lost-error', 1232, 3758],
    ['pair', 'sibling-scan', 1756, 5245],
    ['pair', '6.1', 1782, 5226],
    ['across buses, late', 'v1', 3134, 9605],
    ['across buses, late', 'v7', 10102, 29876],
    ['across buses, late', '7.3', 1782, 5226],
  ])('%s under %s: %d states, %d transitions', (on, strategy, states, transitions) => {
    const system = systemOf(on, strategy);
    const oracle = exploreNaively(system, principles);
    const search = unmerged(system);
    expect([oracle.states, oracle.transitions]).toEqual([states, transitions]);
    expect([search.states, search.transitions]).toEqual([states, transitions]);
    expect(verdicts(search)).toEqual(Object.fromEntries(oracle.violations));
    // Merging loses states, never a verdict nor a step of a shortest witness.
    expect(merged(system).states).toBeLessThanOrEqual(states);
    expect(verdicts(merged(system))).toEqual(Object.fromEntries(oracle.violations));
  });

  it('with actors instead of the open world', () => {
    const actors = [[bind('B', 'kernel-driver')], [bind('A', 'vfio-pci'), claim]];
    const system = assemble(
      pair(),
      strategies.find(({ name }) => name === 'v7')!,
      buses,
      { kind: 'actors', actors },
    );
    const oracle = exploreNaively(system, principles);
    const search = unmerged(system);
    expect([search.states, search.transitions]).toEqual([oracle.states, oracle.transitions]);
    expect(verdicts(search)).toEqual(Object.fromEntries(oracle.violations));
  });

  it.each(['6.1', 'v8'])('with hot-plug, under %s', (strategy) => {
    const system = systemOf('single', strategy, true);
    const oracle = exploreNaively(system, principles);
    const search = unmerged(system);
    expect([search.states, search.transitions]).toEqual([oracle.states, oracle.transitions]);
    expect(verdicts(search)).toEqual(Object.fromEntries(oracle.violations));
  });
});

describe('merging places keeps the system bisimilar', () => {
  it.each(strategies.map(({ name }) => name))('under %s', (strategy) => {
    const system = systemOf('single, late', strategy);
    const [whole, small] = [ltsOf(compile(system, { merge: false })), ltsOf(compile(system))];
    expect(small.states.length).toBeLessThan(whole.states.length);
    expect(bisimilar(whole, small)).toBe(true);
  });

  it('and the check can fail: two strategies are not bisimilar', () => {
    const [one, other] = ['6.1', 'domain-compare'].map((name) => ltsOf(compile(systemOf('single', name))));
    expect(bisimilar(one!, other!)).toBe(false);
  });
});
