import { device, EPERM, machine, OK, principles, type Strategy } from '@busward/core';
import { compile, exploreCompiled, judgesOf, witnessOf } from '@busward/explorer';
import { pci } from '@busward/pci';
import { describe, expect, it } from '@jest/globals';
import { confirms } from '../src/witness/confirm.ts';
import { openSystem } from './generated.ts';
import { under } from './machines.ts';

/** Blocks a group that somebody owns by way of its default domain, and so strays if it is blocked already (P8). */
const straying: Strategy = {
  ...under('legacy'),
  ownership: (section, bus) => ({
    ...under('legacy').ownership(section, bus),
    use: (dev) =>
      section(dev, 'use', [OK], (group) => {
        if (group) group.owner = 'kernel';
        return OK;
      }),
    unuse: (dev) => section(dev, 'unuse', [OK], () => OK),
    claim: ({ group, user }) =>
      section(group, 'claim', [OK, EPERM], (view) => {
        if (view.owner !== 'none')
          for (const domain of [view.defaultDomain, 'blocking'] as const) view.setDomain(domain);
        view.owner = `user ${user.name}`;
        return OK;
      }),
    release: ({ group }) =>
      section(group, 'release', [OK], (view) => {
        view.owner = 'none';
        return OK;
      }),
  }),
};

describe('a way that is told with less going to and fro', () => {
  // What a step says hangs on the state before it: that has to stay, too, and not the end only.
  it('still breaks, where the generators themselves go along it, what the search found', () => {
    const devices = ['A', 'B', 'C'].map((name) => device(pci, name, { group: 'g' }));
    const system = openSystem({ machine: machine('three', { devices }), strategy: straying, buses: [pci] });
    const compiled = compile(system);
    const { violations } = exploreCompiled(compiled, judgesOf(system, principles), { maxStates: 400_000 });
    const broken = violations.map(({ principle, path }) => [principle, witnessOf(compiled, path)] as const);
    expect(broken.map(([{ id }]) => id)).toContain('P8');
    for (const [principle, witness] of broken)
      expect([principle.id, confirms(system, witness, principle, 'pci')]).toEqual([principle.id, true]);
  });
});
