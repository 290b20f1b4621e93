import {
  assemble,
  kernelDriver,
  principles,
  strategies,
  userDriver,
  type Machine,
  type Operation,
} from '@busward/core';
import { run } from '@busward/explorer';
import { describe, expect, it } from '@jest/globals';
import { add, attach, bind, buses, claim, K, open, pair, remove, single, unbind, V } from './machines.ts';

/* Removal, rescan and late joins, where recordings do not go: read in the sources that the programs name. */

function results(strategy: string, on: Machine, operations: readonly Operation[]): string {
  const under = strategies.find(({ name }) => name === strategy)!;
  const system = assemble(on, under, buses, { kind: 'open', inFlight: 1, menu: [] });
  return run(system, operations, principles)
    .ran.map(({ result }) => result)
    .join(' ');
}

const probe = (device: string): Operation => ({ do: 'find driver', device, driver: K });
const directly = (verb: 'claim' | 'release', user: string): Operation => ({
  do: `${verb} directly`,
  user,
  device: 'A',
});
const everywhere = ['legacy', '6.1', '6.12', '7.3'];

describe('probing what is not there any more', () => {
  it.each(everywhere)('%s: ENODEV, as bus_find_device_by_name() finds nothing', (name) =>
    expect(results(name, single(), [remove('A'), probe('A')])).toBe('OK ENODEV'),
  );
});

describe('one removal at a time', () => {
  const taken = [bind('A', V), claim, attach, open('A')];
  it.each(everywhere)('%s: the second waits for the first, which waits for the user', (name) =>
    expect(results(name, pair(), [...taken, remove('A'), remove('B')])).toBe('OK OK OK OK blocked blocked'),
  );
  it.each(everywhere)('%s: an unbind of the other does not', (name) =>
    expect(results(name, pair(), [...taken, bind('B', V), remove('A'), unbind('B')])).toBe('OK OK OK OK OK blocked OK'),
  );
});

describe('a group that went while somebody had claimed it directly', () => {
  const users = ['u0', 'u1'].map((name) => ({ name, through: 'container' }) as const);
  const back = [directly('claim', 'u0'), remove('A'), add('A'), directly('claim', 'u1')];
  it.each(['6.1', '7.3'])('%s: the next one is free, and not given back with the old one', (name) =>
    expect(results(name, { ...single(), users }, [...back, directly('release', 'u0'), directly('claim', 'u0')])).toBe(
      'OK OK OK OK OK EPERM',
    ),
  );
});

describe('two devices with one stream id behind an SMMUv3, whichever comes first', () => {
  const on = pair({
    A: { joins: 'at first bind', sameStreamAs: 'B', drivers: [kernelDriver(K), userDriver(V)] },
    B: { joins: 'at first bind', sameStreamAs: 'A', drivers: [kernelDriver(K), userDriver(V)] },
  });
  it.each([
    ['A', 'B'],
    ['B', 'A'],
  ])('6.1 and 6.12: %s joins, %s gets no group, so that nobody checks it', (first, second) => {
    for (const name of ['6.1', '6.12']) {
      expect(results(name, on, [bind(first, V), claim, attach, bind(second, K)])).toBe('OK OK OK OK');
      expect(results(name, on, [bind(first, V), bind(second, V)])).toBe('OK EINVAL');
      expect(results(name, on, [bind(first, K), remove(first), bind(second, V), claim])).toBe('OK OK OK OK');
    }
  });
  it.each([
    ['A', 'B'],
    ['B', 'A'],
  ])('legacy: %s joins, %s stops the machine', (first, second) =>
    expect(results('legacy', on, [bind(first, V), bind(second, K)])).toBe('OK crash'),
  );
});
