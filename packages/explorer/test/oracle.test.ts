import {
  assemble,
  kernelDriver,
  menuOf,
  principles,
  strategies,
  userDriver,
  type Machine,
  type System,
} from '@busward/core';
import { compile, exploreCompiled, exploreNaively, judgesOf } from '@busward/explorer';
import { describe, expect, it } from '@jest/globals';
import { bisimilar, ltsOf } from './bisimulation.ts';
import { buses, crossBus, pair, single } from './machines.ts';

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
  pair: pair(),
  'across buses, late': crossBus({ joins: 'at first bind' }),
};

const systemOf = (machine: string, strategy: string, hotplug = false): System => {
  const on = machines[machine]!;
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
  Object.fromEntries(
    exploration.violations.map(({ principle, device, path }) => [`${principle.id} ${device}`, path.length]),
  );

describe('the search and the oracle visit the same', () => {
  it.each<[string, string, number, number]>([
    ['single', 'legacy', 85, 232],
    ['single', 'v1', 49, 144],
    ['single', '6.1', 62, 175],
    ['single, late', 'v7', 66, 198],
    ['single, late', 'domain-compare', 99, 290],
    ['single, iommufd', '6.12', 226, 509],
    ['single, iommufd', '7.3', 226, 509],
    ['single, two users', '6.1', 103, 384],
    ['single, two users', 'legacy', 198, 619],
    ['single, test_remove', 'v8', 100, 279],
    ['single, test_remove', '6.6', 123, 322],
    ['single, probe fails', 'v4', 47, 136],
    ['single, probe fails', 'sibling-scan', 49, 142],
    ['pair', 'legacy', 2143, 6049],
    ['pair', 'domain-compare', 3384, 10973],
    ['pair', 'v4-lost-error', 962, 3080],
    ['pair', 'sibling-scan', 1398, 4337],
    ['pair', '6.1', 1782, 5226],
    ['across buses, late', 'v1', 2606, 8331],
    ['across buses, late', 'v7', 8213, 25258],
    ['across buses, late', '7.3', 1782, 5226],
  ])('%s under %s: %d states, %d transitions', (machine, strategy, states, transitions) => {
    const system = systemOf(machine, strategy);
    const oracle = exploreNaively(system, principles);
    const search = unmerged(system);
    expect([oracle.states, oracle.transitions]).toEqual([states, transitions]);
    expect([search.states, search.transitions]).toEqual([states, transitions]);
    expect(verdicts(search)).toEqual(Object.fromEntries(oracle.violations));
    // Merging loses states, never a verdict nor a step of a shortest witness.
    expect(merged(system).states).toBeLessThanOrEqual(states);
    expect(verdicts(merged(system))).toEqual(Object.fromEntries(oracle.violations));
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
