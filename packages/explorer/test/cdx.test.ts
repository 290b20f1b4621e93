import {
  assemble,
  device,
  groupDevices,
  linux612,
  linux73,
  machine,
  menuOf,
  principles,
  type Bus,
  type Clients,
  type Machine,
  type Strategy,
} from '@busward/core';
import { explore, run } from '@busward/explorer';
import { pci } from '@busward/pci';
import { describe, expect, it } from '@jest/globals';
import { cdx } from '../../../examples/4-cdx/bus.js';
import { bind, claim, K, unbind, V } from './machines.ts';
import { isComplete } from '../src/search/ended.ts';

/*
 * The bus of examples/4-cdx. What is expected of upstream's forms was read in drivers/cdx/cdx.c (M20, M22; L10 of
 * docs/numbers.md), never executed on a kernel; the two-read crash was predicted by Robin Murphy for cdx
 * (20250425133929.646493-2-robin.murphy@arm.com).
 */

/** PCI functions A and C and a CDX device B, behind one stream id: a group across buses. */
const behind = { facts: { streams: ['smmu@0xfa'] } };
const [A, C] = [device(pci, 'A', behind), device(pci, 'C', behind)];
const B = device(cdx, 'B', { facts: { req_id: '0xfa' } });
const sharing = (devices: Machine['devices'], iommu: Machine['iommu'] = 'present'): Machine =>
  machine('one stream id', { devices: groupDevices(devices, [pci, cdx] as Bus[]), iommu });

const then = (version: string): Bus => cdx.at(version) as Bus;
const corrected = cdx as Bus;

/** Principles that are broken by whatever may be done on the machine. */
function breaks(bus: Bus, strategy: Strategy, of: Machine, clients?: Clients): readonly string[] {
  const open: Clients = { kind: 'open', inFlight: 2, menu: menuOf(of) };
  const explored = explore(assemble(of, strategy, [pci as Bus, bus], clients ?? open), principles);
  const { violations } = explored;
  expect(isComplete(explored)).toBe(true);
  return [...new Set(violations.map(({ principle }) => principle.id))].toSorted();
}

describe('L10: a user has A; C, then B, are bound to a kernel driver; B is unbound; C is bound again', () => {
  const sequence = [bind('A', V), claim, bind('C', K), bind('B', K), unbind('B'), bind('C', K)];
  const litmus = (bus: Bus, strategy: Strategy) => {
    const system = assemble(sharing([A, B, C]), strategy, [pci as Bus, bus], { kind: 'open', inFlight: 1, menu: [] });
    const ran = run(system, sequence, principles);
    return {
      results: ran.ran.map(({ result }) => result).join(' '),
      owner: ran.value('group 0.owner'),
      count: (operations: number) => run(system, sequence.slice(0, operations), principles).value('group 0.owner_cnt'),
      broken: ran.broken,
    };
  };

  it.each([
    ['6.12', linux612],
    ['7.3', linux73],
  ] as const)('as in %s: B binds all the same, takes the count of the user, and C is admitted', (version, strategy) => {
    const upstream = litmus(then(version), strategy);
    expect(upstream.results).toBe('OK OK EBUSY OK OK OK');
    expect([upstream.count(4), upstream.count(5), upstream.owner]).toEqual([1, 0, 'user u0']);
    expect(upstream.broken).toEqual(expect.arrayContaining(['P1', 'P2', 'P4', 'P5']));
  });
  it('as in 6.4: B binds uncounted, and its unbind takes nothing', () => {
    const first = litmus(then('6.4'), linux612);
    expect(first.results).toBe('OK OK EBUSY OK OK EBUSY');
    expect(first.count(5)).toBe(1);
    expect(first.broken).toEqual(expect.arrayContaining(['P1', 'P2']));
  });
  it.each([linux612, linux73])('corrected, under $name: B and C are refused, and nothing is broken', (strategy) => {
    const right = litmus(corrected, strategy);
    expect(right.results).toBe('OK OK EBUSY EBUSY skip EBUSY');
    expect([right.count(6), right.owner]).toEqual([1, 'user u0']);
    expect(right.broken).toEqual([]);
  });
});

describe('in every interleaving, on a group across buses', () => {
  it.each([linux612, linux73])('corrected, under $name: every principle holds', (strategy) =>
    expect(breaks(corrected, strategy, sharing([A, B]))).toEqual([]),
  );
  it.each(['6.4', '6.12'])('as in %s: a mixture', (version) =>
    expect(breaks(then(version), linux612, sharing([A, B]))).toEqual(expect.arrayContaining(['P1', 'P2'])),
  );
});

describe('while the IOMMU registers', () => {
  const racing = (bus: Bus, strategy: Strategy): readonly string[] =>
    breaks(bus, strategy, sharing([A, B], 'later'), {
      kind: 'actors',
      actors: [[bind('B', K)], [{ do: 'register', group: 'group 0' }]],
    });
  it('from 6.15 on the two reads of dev->driver crash (M20); one read does not', () => {
    expect(racing(then('6.15'), linux73)).toContain('P14');
    expect(racing(then('7.3'), linux73)).toContain('P14');
    expect(racing(corrected, linux73)).not.toContain('P14');
  });
  it('in 6.12 a deferral is taken for success, so that the default domain is set up under the driver (M19)', () => {
    expect(racing(then('6.12'), linux612)).toContain('P17');
    expect(racing(corrected, linux612)).toEqual([]);
  });
});

it('each device has a group of its own, unless several have one req_id', () => {
  const groupsOf = (...facts: readonly { readonly req_id?: string }[]) =>
    groupDevices(
      facts.map((one, at) => device(cdx, `cdx-00:0${at}`, { facts: one })),
      [cdx as Bus],
    ).map(({ group }) => group);
  expect(groupsOf({}, {})).toEqual(['group 0', 'group 1']);
  expect(groupsOf({ req_id: '0xfa' }, {}, { req_id: '0xfa' })).toEqual(['group 0', 'group 1', 'group 0']);
});

it('knows its devices by their names, and has a history from 6.4 on', () => {
  expect(cdx.recognise('cdx-00:01', 'cdx')?.sure).toBe(true);
  // A bus is a device, too, and never gets a driver.
  expect(cdx.recognise('cdx-00', 'cdx')).toBeUndefined();
  expect(['6.4', '6.4.4', '6.12', '7.3'].map((version) => cdx.at(version).revision?.commit)).toEqual([
    '2959ab247061',
    'b8c5ff76059d',
    'b8c5ff76059d',
    'bcb81ac6ae3c',
  ]);
  expect(() => cdx.at('6.3')).toThrow('its history begins with 6.4');
});
