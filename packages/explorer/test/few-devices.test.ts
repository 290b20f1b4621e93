import {
  assemble,
  defineStrategy,
  device,
  EBUSY,
  machine,
  menuOf,
  OK,
  principles,
  type Bus,
  type Claim,
  type Machine,
  type Strategy,
} from '@busward/core';
import { compare, compile, exploreCompiled, judgesOf, type Comparison, type Exploration } from '@busward/explorer';
import { fslMc } from '@busward/fsl-mc';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { isComplete } from '../src/search/ended.ts';
import { under } from './machines.ts';

const buses: readonly Bus[] = [pci, platform];
const alike = (count: number): Machine =>
  machine(`${count} on two buses`, {
    devices: Array.from({ length: count }, (_, at) => device(buses[at % 2]!, `D${at}`, { group: 'g' })),
    users: [{ name: 'u0', through: 'iommufd' }],
  });
const asked = (strategy: Strategy, on: readonly Bus[] = buses, count = 5): Comparison =>
  compare({ machine: alike(count), buses: on, strategies: [strategy], principles });

/** Two devices of each bus stand for all: all their states, one by one. */
function bruteForce(strategy: Strategy): Exploration {
  const few = alike(4);
  const system = assemble(few, strategy, buses, { kind: 'open', inFlight: 2, menu: menuOf(few) });
  const exploration = exploreCompiled(compile(system), judgesOf(system, principles), { maxStates: 1e6 });
  expect(isComplete(exploration)).toBe(true);
  return exploration;
}

/** A claim forgets for which device it is: from the second on it is refused. */
const { ownership, ...rest } = under('7.3');
const forgetful = defineStrategy({
  ...rest,
  name: 'forgetful claim',
  ownership(section, bus) {
    const own = ownership(section, bus);
    return { ...own, claim: ({ user, group }: Claim) => own.claim!({ user, group }) };
  },
});

describe('a search of few devices', () => {
  it('is not needed where all devices, up to exchanging them, break nothing', () => {
    const { states, violations } = bruteForce(under('7.3'));
    const whole = asked(under('7.3'));
    expect(violations).toEqual([]);
    expect(whole.states).toBeLessThan(states / 2);
    for (const { verdicts } of [...whole.rows, ...whole.moved!.rows])
      expect([...verdicts.values()]).toEqual(buses.map(() => ({ kind: 'isolated' })));
    // One was moved among all of them.
    expect(whole.bound.join()).not.toContain('on another bus: ');
  });

  it('tells how where one does; no further than all devices can break where these are not many', () => {
    const { states, violations } = bruteForce(forgetful);
    const [{ principle, path }] = violations as [Exploration['violations'][number]];
    const [several, many] = [5, 9].map((count) => asked(forgetful, buses, count)) as [Comparison, Comparison];
    for (const whole of [several, many])
      expect([...whole.rows[0]!.verdicts.values()]).toMatchObject(
        buses.map(() => ({ breaks: [principle.id], undecided: [], witness: { steps: { length: path.length } } })),
      );
    expect(many.states).toBeGreaterThan(states);
    expect(several.states).toBeLessThan(states / 2);
    expect(several.bound.join()).not.toContain('not every state was looked at');
  });

  it('is looked at for a device on another bus where that does something else', () => {
    const strategy = defineStrategy({
      ...rest,
      name: 'no check on fsl-mc',
      ownership(section, bus) {
        const own = ownership(section, bus);
        if (bus !== 'fsl-mc') return own;
        return {
          ...own,
          use: (dev) =>
            section(
              dev,
              'iommu_device_use_default_domain',
              [OK, EBUSY],
              (group) => (group && (group.ownerCount += 1), OK),
            ),
        };
      },
    });
    const { rows, moved, bound } = asked(strategy, [...buses, fslMc]);
    expect(rows[0]!.verdicts.get('pci')).toEqual({ kind: 'isolated' });
    expect(moved!.rows[0]!.verdicts.get('pci')).toEqual({ kind: 'isolated' });
    expect(moved!.rows[0]!.verdicts.get('fsl-mc')).toMatchObject({ kind: 'broken' });
    expect(bound.join()).toContain('on another bus: in g with 3 of them, and no more');
  });
});
