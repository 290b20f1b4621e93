import { type Bus, type Machine } from '@busward/core';
import type { Pair, Side } from '@busward/explorer';
import { amba } from '@busward/amba';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { bruteForce, differencesOf, smallestOf, tracesOf } from './brute-force.ts';
import { alone, callsOf, compared, shared, side, theDifference, under } from './sides.ts';

/*
 * The smallest difference, and all essentially different ones, against every trace of both sides with so many calls, by a
 * search that runs the generators and knows nothing of products, sets or costs.
 */

const on = pci as Bus;
const [platformThen, ambaThen] = [platform.at('7.3') as Bus, amba.at('7.3') as Bus];

type Case = readonly [what: string, sides: Pair<Side>, machine: Pair<Machine>, inFlight: number, calls: number];
const strategies = (one: string, other: string): Pair<Side> => [
  side(one, under(one), pci),
  side(other, under(other), pci),
];
const twice = (machine: Machine): Pair<Machine> => [machine, machine];

const cases: readonly Case[] = [
  ['v8 and 6.1, one device', strategies('v8', '6.1'), twice(alone(on)), 2, 2],
  ['v4 and v4-lost-error, a shared group', strategies('v4', 'v4-lost-error'), twice(shared(on)), 1, 3],
  ['legacy and v8, a shared group', strategies('legacy', 'v8'), twice(shared(on)), 1, 3],
  ['domain-compare and 6.1, one device', strategies('domain-compare', '6.1'), twice(alone(on)), 1, 3],
  [
    'platform and amba in 7.3, the IOMMU comes later',
    [side('platform', under('7.3'), platformThen), side('amba', under('7.3'), ambaThen)],
    [alone(platformThen, { iommu: 'later' }), alone(ambaThen, { iommu: 'later' })],
    2,
    2,
  ],
];

describe.each(cases)('%s', (_what, sides, machine, inFlight, calls) => {
  const [a, b] = [0, 1].map((at) => tracesOf(bruteForce(sides[at]!, machine[at]!, inFlight), calls));
  const all = differencesOf(a!, b!);

  it('nothing smaller exists, and this does', () => {
    const found = theDifference(compared(sides, [machine], { inFlight }));
    expect(all.length).toBeGreaterThan(0);
    expect(found.operations).toBe(all[0]!.length);
    expect(all.map((one) => one.join(', '))).toContain(callsOf(found).split(', ').toSorted().join(', '));
  });

  it('all essentially different ones are found, and each once', () => {
    const { finding } = compared(sides, [machine], { inFlight, all: true, most: calls });
    if (finding.kind !== 'different') throw new Error(finding.kind);
    const found = finding.differences.map((one) => callsOf(one).split(', ').toSorted().join(', '));
    // A and B are both on PCI: one stands for the other.
    const copy = (text: string): string =>
      text
        .replaceAll(/\b[AB]\b/g, (name) => (name === 'A' ? 'B' : 'A'))
        .split(', ')
        .toSorted()
        .join(', ');
    const likes = machine[0].devices.length === 2;
    const once = smallestOf(all).filter(
      (one, at, those) => !likes || those.indexOf(copy(one)) >= at || !those.includes(copy(one)),
    );
    const named = (text: string): string => (likes && !once.includes(text) ? copy(text) : text);
    expect(found.map(named).toSorted()).toEqual(once.toSorted());
  });
});

it('the smallest is the same whatever the order of what is compared', () => {
  const [one, other] = strategies('v8', '6.1');
  const machine = twice(alone(on));
  const there = theDifference(compared([one, other], [machine]));
  const back = theDifference(compared([other, one], [machine]));
  expect(callsOf(back)).toBe(callsOf(there));
  expect([there.standing, back.standing]).toEqual(['first is weaker', 'second is weaker']);
});
