import { assemble, device, machine, menuOf, principles, type System } from '@busward/core';
import { compile, exploring, finished, judgesOf, type Exploration, type Helper, type Watched } from '@busward/explorer';
import { pci } from '@busward/pci';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { secondWorker } from '../../cli/src/second-worker.ts';
import { AT } from '../src/explicit/record.ts';
import { generated, openSystem, told } from './generated.ts';
import { under } from './machines.ts';

/*
 * A search that a second worker helps, against the same search by itself, which linear-memory.test.ts holds against
 * JavaScript: the same states, transitions, violations and paths, to the turn.
 */

const seed = Number(process.env['BUSWARD_SEED'] ?? Date.now() % 2 ** 31);

/** Slots are told apart. Stops in the middle of a layer, if the system is that large. */
function searching(system: System, helper?: Helper, maxStates = 60_000): Watched<Exploration> {
  const compiled = { ...compile(system), symmetric: false };
  return exploring(compiled, judgesOf(system, principles), { maxStates, ...(helper && { helper }) });
}

/** The second worker, waited for, so that it takes part from the 30,000th state on. */
function awaited() {
  let view = new Int32Array(new SharedArrayBuffer(4096));
  const helper: Helper = (module, memory) => {
    view = new Int32Array((memory as { readonly buffer: SharedArrayBuffer }).buffer);
    secondWorker(module, memory);
    if (Atomics.wait(view, AT.there >> 2, 0, 30_000) === 'timed-out') throw new Error('nobody came');
  };
  const at = (address: number): number => Atomics.load(view, address >> 2);
  return {
    helper,
    batches: () => at(AT.done),
    isSentAway: () => at(AT.handed) === -1,
    sleep: () => at(AT.canSleep) !== 0,
  };
}

const four = machine('two groups', {
  devices: ['A', 'B', 'C', 'D'].map((name, at) => device(pci, name, { group: `g${at % 2}` })),
});
const world = (strategy: string): System =>
  assemble(four, under(strategy), [pci], { kind: 'open', inFlight: 3, menu: menuOf(four, { hotplug: true }) });

// Crashes end paths under the first, so that nobody sleeps any more; under the last nothing is broken.
it.each([
  { strategy: 'legacy', sleeps: false, broken: 4 },
  { strategy: 'v8', sleeps: false, broken: 4 },
  { strategy: '6.12', sleeps: true, broken: 0 },
])('60,000 states under $strategy', ({ strategy, sleeps, broken }) => {
  const two = awaited();
  const helped = finished(searching(world(strategy), two.helper));
  expect(helped).toEqual(finished(searching(world(strategy))));
  expect(helped.violations).toHaveLength(broken);
  expect(two.sleep()).toBe(sleeps);
  expect(two.batches()).toBeGreaterThan(10);
});

it('generated buses and strategies', () => {
  fc.assert(
    fc.property(generated(2, 2), (one) => {
      const said = finished(searching(openSystem(one, 4), awaited().helper));
      expect([told(one), said]).toEqual([told(one), finished(searching(openSystem(one, 4)))]);
    }),
    { numRuns: 3, seed, endOnFailure: true },
  );
});

it('is sent away when the search is over, left alone or broken off', () => {
  const done = awaited();
  finished(searching(world('6.12'), done.helper));
  expect(done.isSentAway()).toBe(true);

  const left = awaited();
  const search = searching(world('6.12'), left.helper, 1e6);
  for (let { value } = search.next(); !('ended' in value!) && value!.states < 40_000;) ({ value } = search.next());
  expect(left.isSentAway()).toBe(false);
  search.return({ states: 0, transitions: 0, ended: { kind: 'all seen' }, violations: [] });
  expect(left.isSentAway()).toBe(true);
});

it('may stay away', () => {
  expect(finished(searching(world('v8'), () => {}))).toEqual(finished(searching(world('v8'))));
});
