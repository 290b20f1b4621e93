import { device, machine, principles, strategies, type Strategy } from '@busward/core';
import { compile, exploreCompiled, finished, judgesOf } from '@busward/explorer';
import { pci } from '@busward/pci';
import { describe, expect, it } from '@jest/globals';
import { lookingAtMost, type AtMost } from '../src/devices/at-most.ts';
import { openSystem } from './generated.ts';
import { under } from './machines.ts';

/*
 * Steps that are moved past others who do not mind, of the strategies that are shipped; programs.test.ts has those of programs that no
 * kernel has, and reductions.test.ts those of generated strategies.
 */

const devices = [0, 1, 2].map((at) => device(pci, `D${at}`, { group: 'g' }));
const systemUnder = (strategy: Strategy) =>
  openSystem({ machine: machine('three', { devices }), strategy, buses: [pci] }, 2);
const looked = (strategy: Strategy, movedAfter: number): AtMost =>
  finished(lookingAtMost(compile(systemUnder(strategy)), principles, { maxStates: 200_000, movedAfter }))!;

describe('steps that are moved', () => {
  it.each(strategies.map((one) => [one.name, one] as const))(
    'leave fewer states, and all that is broken, under %s',
    (_, strategy) => {
      const [apart, moved] = [looked(strategy, Infinity), looked(strategy, 0)];
      const told = ({ broken }: Pick<AtMost, 'broken'>): readonly string[] =>
        [...new Set(broken.map(({ principle, device: by }) => `${principle.id} ${by}`))].toSorted();
      expect(moved.states).toBeLessThan(apart.states);
      expect(told(moved)).toEqual(told(apart));
      // Every state, one by one.
      const system = systemUnder(strategy);
      const { violations } = exploreCompiled(compile(system), judgesOf(system, principles), { maxStates: 200_000 });
      expect(told(moved)).toEqual(expect.arrayContaining([...told({ broken: violations })]));
    },
  );

  it('stay where somebody looks: at the drivers of siblings', () => {
    const late = (strategy: Strategy): readonly string[] => {
      const { together } = looked(strategy, 0);
      return [...together.moved!.unmoved.late].map((at) => (together.nodes[at] as { readonly name: string }).name);
    };
    expect(late(under('sibling-scan'))).toContain('iommu_device_use_default_domain');
    expect(late(under('domain-compare'))).not.toContain('domain != default_domain');
  });
});
