import { assemble, device, groupDevices, machine, menuOf, principles, strategies } from '@busward/core';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { compile, exploreCompiled, exploreNaively, judgesOf } from '@busward/explorer';
import { describe, expect, it } from '@jest/globals';

const devices = groupDevices(
  [device(platform, 'A', { facts: { streams: ['s0'] } }), device(pci, 'B', { facts: { streams: ['s0'] } })],
  [platform, pci],
);
const two = machine('two', { devices });

describe('x', () => {
  it.each(strategies)('$name', (strategy) => {
    const system = assemble(two, strategy, [platform, pci], { kind: 'open', inFlight: 2, menu: menuOf(two) });
    const un = exploreCompiled(compile(system, { merge: false }), judgesOf(system, principles), { maxStates: 1e6 });
    const naive = exploreNaively(system, principles);
    expect([un.states, un.transitions]).toEqual([naive.states, naive.transitions]);
  });
});
