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

type Joins = 'when added' | 'at first bind';
const devicesThat = (joins: Joins) => [0, 1, 2].map((at) => device(pci, `D${at}`, { group: 'g', joins }));
const systemUnder = (strategy: Strategy, joins: Joins) =>
  openSystem({ machine: machine('three', { devices: devicesThat(joins) }), strategy, buses: [pci] }, 2);
const looked = (strategy: Strategy, movedAfter: number, joins: Joins = 'when added'): AtMost =>
  finished(lookingAtMost(compile(systemUnder(strategy, joins)), principles, { maxStates: 400_000, movedAfter }))!;

describe('steps that are moved', () => {
  it.each(
    strategies.flatMap((one) =>
      (['when added', 'at first bind'] as const).map((joins) => [joins, one.name, one] as const),
    ),
  )('leave fewer states, and all that is broken, of devices that join %s, under %s', (joins, _, strategy) => {
    const [apart, moved] = [looked(strategy, Infinity, joins), looked(strategy, 0, joins)];
    const told = ({ broken }: Pick<AtMost, 'broken'>): readonly string[] =>
      [...new Set(broken.map(({ principle, device: by }) => `${principle.id} ${by}`))].toSorted();
    expect(moved.states).toBeLessThan(apart.states);
    expect(told(moved)).toEqual(told(apart));
    // Every state, one by one.
    const system = systemUnder(strategy, joins);
    const { violations } = exploreCompiled(compile(system), judgesOf(system, principles), { maxStates: 400_000 });
    expect(told(moved)).toEqual(expect.arrayContaining([...told({ broken: violations })]));
  });

  it('stay where somebody looks: at the drivers of siblings', () => {
    const late = (strategy: Strategy): readonly string[] => {
      const { together } = looked(strategy, 0);
      return [...together.moved!.unmoved.late].map((at) => (together.nodes[at] as { readonly name: string }).name);
    };
    expect(late(under('sibling-scan'))).toContain('iommu_device_use_default_domain');
    expect(late(under('domain-compare'))).not.toContain('domain != default_domain');
  });

  it('leave nobody in flight who has joined his group, and can begin again where he is', () => {
    const { together } = looked(under('6.1'), 0, 'at first bind');
    const [idle] = together.nodes;
    const binds = idle?.kind === 'idle' ? idle.starts.filter(({ operation }) => operation.do === 'bind') : [];
    const places = binds.flatMap(({ first }) => first.next.map(({ to }) => together.nodes[to]!));
    expect(places.map((node) => (node.kind === 'at' ? node.name : 'idle'))).not.toContain(
      'iommu_device_use_default_domain',
    );
  });
});
