import { amba } from '@busward/amba';
import {
  assemble,
  checkReadingTwice,
  configureThenCheck,
  defineBus,
  device,
  groupDevices,
  machine,
  menuOf,
  principles,
  strategies,
  type Bus,
  type Strategy,
} from '@busward/core';
import { compile, exploreCompiled, judgesOf, sameTables } from '@busward/explorer';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { bisimilar, ltsOf, type Lts } from './bisimulation.ts';

/*
 * "There should not be bus specific variation on security principles." The contract's forms of all five, without their
 * refinements, on a device that has a group: every allow and deny is the same, in every state, under every strategy.
 * Whether a bus looks up the right node is not decided here: the model knows of a device's node what its bus says.
 */

const contractForms: readonly Bus[] = [amba, platform, fslMc, pci, host1x].map(withoutRefinement);

function withoutRefinement(bus: object): Bus {
  const { refine: _, ...rest } = bus as Bus;
  return rest;
}

/** A device of the bus beside a PCI function, in one group that both join at their first bind. */
function system(bus: Bus, strategy: Strategy, iommu: 'present' | 'later' = 'present') {
  const joins = { joins: 'at first bind', group: 'group 0' } as const;
  const drivers = device(pci, 'x').drivers;
  const devices = [device(bus, 'A', { ...joins, drivers }), device(pci, 'B', { ...joins, drivers })];
  const of = machine('two', { devices, iommu });
  return assemble(of, strategy, [bus, ...[withoutRefinement(pci)].filter((one) => one.name !== bus.name)], {
    kind: 'open',
    inFlight: 2,
    menu: menuOf(of),
  });
}

const lts = (bus: Bus, strategy: Strategy, iommu?: 'later'): Lts => ltsOf(compile(system(bus, strategy, iommu)));

describe.each(strategies.map((strategy) => [strategy.name, strategy] as const))('under %s', (_, strategy) => {
  const reference = lts(contractForms[1]!, strategy);
  it.each(contractForms.map((bus) => [bus.name, bus] as const))(
    '%s allows and denies what platform does',
    (_name, bus) => {
      expect(bisimilar(reference, lts(bus, strategy))).toBe(true);
    },
  );
});

describe('the check fails when one bus is changed', () => {
  const linux73 = strategies.at(-1)!;
  /** Later ones let devices join when they are added. */
  const linux612 = strategies.find(({ name }) => name === '6.12')!;
  const changed = (edit: object): Bus =>
    defineBus<'platform', { node: string }>({
      ...(contractForms[1] as object as Parameters<typeof defineBus<'platform', { node: string }>>[0]),
      ...edit,
    }) as Bus;

  it('by one that forgets to give back', () => {
    const forgetful = changed({ *dma_unconfigure() {} });
    expect(bisimilar(lts(contractForms[1]!, linux73), lts(forgetful, linux73))).toBe(false);
  });
  it('by one that looks up the wrong node, so that its device never joins', () => {
    const lost = changed(configureThenCheck(() => ({ node: '/elsewhere' })));
    expect(bisimilar(lts(contractForms[1]!, linux612), lts(lost, linux612))).toBe(false);
  });
  it('by one that reads dev->driver twice, where the IOMMU registers late (M20)', () => {
    const racy = changed(checkReadingTwice(platform.firmware));
    expect(bisimilar(lts(contractForms[1]!, linux73, 'later'), lts(racy, linux73, 'later'))).toBe(false);
  });
});

describe('one exploration answers for systems with the same tables', () => {
  it.each(strategies.map((strategy) => [strategy.name, strategy] as const))('under %s', (_, strategy) => {
    const compiled = compile(system(contractForms[1]!, strategy));
    const explored = exploreCompiled(compiled, judgesOf(compiled.system, principles), { maxStates: 1e6 });
    for (const bus of contractForms) {
      const other = compile(system(bus, strategy));
      expect(sameTables(compiled, other)).toBe(true);
      const again = exploreCompiled(other, judgesOf(other.system, principles), { maxStates: 1e6 });
      expect([again.states, again.transitions]).toEqual([explored.states, explored.transitions]);
      const told = ({ violations }: typeof again) =>
        violations.map((one) => [one.principle.id, one.device, one.path.length]);
      expect(told(again)).toEqual(told(explored));
    }
  });
});

describe('pci as Linux had it', () => {
  const crashes = (version: string, strategy: string): boolean => {
    const of = system(
      pci.at(version) as Bus,
      strategies.find(({ name }) => name === strategy)!,
      'later',
    );
    const compiled = compile(of);
    return exploreCompiled(compiled, judgesOf(of, principles), { maxStates: 1e6 }).violations.some(
      ({ principle }) => principle.id === 'P14',
    );
  };
  it('6.15 and 6.16 crash when an IOMMU registers while a driver binds (M20); 6.16.1 and 6.17 do not', () => {
    expect(['6.15', '6.16', '6.16.1', '6.17'].map((version) => crashes(version, '7.3'))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
  it('6.12 would crash at once if its hook were called without a driver, and never is', () => {
    expect(crashes('6.12', '7.3')).toBe(true);
    expect(crashes('6.12', '6.12')).toBe(false);
  });
  it('platform was right in 6.15 already: the buses were not equivalent', () => {
    const of = system(platform.at('6.15') as Bus, strategies.at(-1)!, 'later');
    const violations = exploreCompiled(compile(of), judgesOf(of, principles), { maxStates: 1e6 }).violations;
    expect(violations.filter(({ principle }) => principle.id === 'P14')).toEqual([]);
  });
});

it('groups are made by grouping rules across buses', () => {
  const streams = ['smmu@0x11'];
  const grouped = groupDevices(
    [
      device(platform, 'a', { facts: { streams } }),
      device(pci, 'b', { facts: { streams } }),
      device(amba, 'c'),
      device(host1x, 'd', { facts: { node: '' } }),
    ],
    contractForms,
  );
  expect(grouped.map((one) => one.group)).toEqual(['group 0', 'group 0', 'group 1', undefined]);
});
