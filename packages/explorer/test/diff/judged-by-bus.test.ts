import { principles, type Bus, type Principle } from '@busward/core';
import { matrix } from '@busward/explorer';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { alone, compared, side, theDifference, under } from './sides.ts';

/** Broken by a platform device in use, and by no other: tables are the same on both buses, and what is judged is not. */
const byBus: Principle = {
  ...principles[0]!,
  id: 'X1',
  states: ({ all, active }) => all.filter((one) => one.bus === 'platform' && active(one)),
};
const buses = [pci, platform] as readonly Bus[];
const strategy = under('7.3');

describe("a principle that is not core's is asked on each bus", () => {
  it('in a matrix', () => {
    const { rows } = matrix({
      kernels: [{ name: '7.3', strategy, buses, columns: buses }],
      machinesFor: (_, [one, other]) => [[alone(one), alone(other)]],
      principles: [byBus],
    });
    expect(rows.map(({ breaks }) => [...breaks])).toEqual([
      [
        ['pci', []],
        ['platform', ['X1']],
      ],
    ]);
  });

  it('where two sides are compared by it', () => {
    const sides = [side('pci', strategy, pci), side('platform', strategy, platform)] as const;
    const machines = [[alone(pci as Bus), alone(platform as Bus)]] as const;
    const found = compared(sides, machines, { principles: [byBus], by: 'principles' });
    expect(theDifference(found)).toMatchObject({ by: 1, operations: 1, shows: 'X1 at A' });
    expect(found.finding).toMatchObject({ breaks: [[], ['X1']], standing: 'second is weaker' });
  });
});
