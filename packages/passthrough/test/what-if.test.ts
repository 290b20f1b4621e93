import { readFileSync } from 'node:fs';
import { strategies } from '@busward/core';
import { against, inspect, judgedBy, whatIf, type Change } from '@busward/passthrough';
import { readSources, type FoundMachine } from '@busward/topology';
import { describe, expect, it } from '@jest/globals';
import { buses, found } from './machines.ts';

const listing = (name: string): FoundMachine =>
  readSources(
    [{ file: name, text: readFileSync(new URL(`../../topology/listings/${name}`, import.meta.url), 'utf8') }],
    buses,
  );
const newest = judgedBy('7.3', buses);
const look = (machine: FoundMachine) => inspect(machine, newest);

describe('what differs between two looks', () => {
  /* Counted by hand from the mail: ten groups of 5.8 became one of eleven devices, and nothing else moved. */
  it('Linux 5.8 and 5.9 on one X99 board', () => {
    const difference = against(
      look(listing('pci-x86-x99-groups-5.8-vs-5.9-b.txt')),
      look(listing('pci-x86-x99-groups-5.8-vs-5.9-c.txt')),
    );
    expect(difference.regrouped.map(({ from, to }) => [from.length, to.length, to[0]!.length])).toEqual([[10, 1, 11]]);
    expect(difference).toMatchObject({ same: 35, onlyInA: [], onlyInB: [], drivers: [], verdicts: [] });
  });

  it('nothing, between a machine and itself with other numbers', () => {
    const a = found(['1 0000:01:00.0 nvme', '2 0000:02:00.0 igb']);
    const b = found(['7 0000:02:00.0 igb', '3 0000:01:00.0 nvme']);
    expect(against(look(a), look(b))).toMatchObject({
      same: 2,
      regrouped: [],
      onlyInA: [],
      onlyInB: [],
      drivers: [],
      verdicts: [],
    });
  });

  it('devices that came and went, other drivers, and what a user can own by then', () => {
    const a = found(['1 0000:01:00.0 nvme', '1 0000:01:00.1 -', '2 0000:02:00.0 igb']);
    const b = found(['1 0000:01:00.0 vfio-pci', '1 0000:01:00.1 -', '3 0000:03:00.0 -']);
    expect(against(look(a), look(b))).toMatchObject({
      onlyInA: ['0000:02:00.0'],
      onlyInB: ['0000:03:00.0'],
      drivers: [{ device: '0000:01:00.0', a: 'nvme', b: 'vfio-pci' }],
      verdicts: [{ devices: ['0000:01:00.0', '0000:01:00.1'], b: 'a user can own it now' }],
    });
  });

  it('of a group that one of them does not tell nothing is said: it is not split', () => {
    const told = look(found(['1 0000:01:00.0 igb', '1 0000:01:00.1 igb', '2 0000:02:00.0 igb']));
    const untold = look(found(['? 0000:01:00.0 igb', '? 0000:01:00.1 igb', '2 0000:02:00.0 igb']));
    const names = ['0000:01:00.0', '0000:01:00.1'];
    const nothing = { same: 1, regrouped: [], left: [], joined: [], verdicts: [] };
    expect(against(told, untold)).toMatchObject({ ...nothing, untold: { a: [], b: names } });
    expect(against(untold, told)).toMatchObject({ ...nothing, untold: { a: names, b: [] } });
  });

  it('a device that is told to have no group has left it', () => {
    const a = look(found(['1 0000:01:00.0 igb', '1 0000:01:00.1 igb']));
    const b = look(found(['1 0000:01:00.0 igb', '- 0000:01:00.1 igb']));
    expect(against(a, b)).toMatchObject({
      untold: { a: [], b: [] },
      regrouped: [{ to: [['0000:01:00.0'], ['0000:01:00.1']] }],
    });
  });

  it('who came to a group, and who is gone: it is not the same one', () => {
    const one = look(found(['1 0000:01:00.0 igb', '2 0000:02:00.0 igb']));
    const two = look(found(['1 0000:01:00.0 igb', '1 0000:01:00.1 igb', '2 0000:02:00.0 igb']));
    const moved = [{ devices: ['0000:01:00.1'], beside: ['0000:01:00.0'] }];
    expect(against(one, two)).toMatchObject({ same: 1, regrouped: [], left: [], joined: moved });
    expect(against(two, one)).toMatchObject({ same: 1, regrouped: [], left: moved, joined: [] });
  });
});

describe('what if', () => {
  const eve = listing('issue-eve-5670.txt');

  /* lf-edge/eve#5670: after 6.1.112 -> 6.12.49 the group was not viable. It was the module and not the check. */
  it('the update brought a module, and that is what changed it', () => {
    const before = {
      ...eve,
      devices: eve.devices.map((device) =>
        device.name === '0000:80:1f.4' ? { ...device, driver: { is: null, from: { file: 'before' } } } : device,
      ),
    };
    const { stages, says } = whatIf(before, judgedBy('6.1.112', buses), [
      { kind: 'kernel', says: 'Linux 6.12.49', judged: judgedBy('6.12.49', buses) },
      { kind: 'driver', device: '0000:80:1f.4', driver: 'i801_smbus' },
    ]);
    expect(stages.map(({ changed }) => changed)).toEqual([
      [],
      [{ group: '19', before: 'a user can own it now', after: 'in the way: 0000:80:1f.4 on i801_smbus' }],
      [{ group: '19', before: 'a user can own it now', after: 'in the way: 0000:80:1f.4 on i801_smbus' }],
    ]);
    expect(says).toEqual([
      expect.stringMatching(/if a user owns group 19 by the time that i801_smbus comes, its bind is refused \(EBUSY\)/),
    ]);
  });

  /* A check that is missing admits whom it should refuse; `check` of the same breaks P1 in one step. */
  it('a bus, or a strategy, that lets a user in beside a kernel driver', () => {
    const now = judgedBy('6.12', buses);
    const before = { ...now, buses: buses.map((bus) => bus.at(bus.name === 'pci' ? '5.10' : '6.12')) };
    const compared = { ...now, strategy: strategies.find(({ name }) => name === 'domain-compare')! };
    for (const judged of [before, compared])
      expect(whatIf(eve, now, [{ kind: 'kernel', says: 'otherwise', judged }]).stages[0]!.changed).toEqual([
        {
          group: '19',
          before: 'in the way: 0000:80:1f.4 on i801_smbus',
          after: 'a user is admitted beside 0000:80:1f.4 on i801_smbus: P1 (never a mixture) is broken',
        },
      ]);
  });

  it('under 5.10 the module stops the machine instead', () => {
    const owned = found(['19 0000:80:1f.4 -', '19 0000:80:1f.6 vfio-pci']);
    const { says } = whatIf(owned, judgedBy('5.10', buses), [
      { kind: 'driver', device: '0000:80:1f.4', driver: 'i801_smbus' },
    ]);
    expect(says[0]).toMatch(/the machine stops \(M01\)/);
  });

  it('another kernel: a bridge with a driver of its own is in the way since 5.19', () => {
    const machine = found(['1 0000:00:01.0 shpchp', '1 0000:01:00.0 vfio-pci'], {
      facts: { '0000:00:01.0': { class: '060400' } },
    });
    const { stages } = whatIf(machine, judgedBy('5.10', buses), [
      { kind: 'kernel', says: 'Linux 6.1', judged: judgedBy('6.1', buses) },
    ]);
    expect(stages[0]!.changed).toEqual([
      { group: '1', before: 'a user can own it now', after: 'in the way: 0000:00:01.0 on shpchp' },
    ]);
  });

  it('vfio-pci does not come to a bridge', () => {
    const machine = found(['15 0000:04:00.0 shpchp', '15 0000:05:00.0 vfio-pci'], {
      facts: { '0000:04:00.0': { class: '060400' } },
    });
    const load = (driver: string | null) =>
      whatIf(machine, newest, [{ kind: 'driver', device: '0000:04:00.0', driver }]);
    expect(() => load('vfio-pci')).toThrow(/^0000:04:00.0 is a bridge, and vfio-pci takes none \(EINVAL\)/);
    expect(load(null).stages[0]!.changed).toMatchObject([{ group: '15', after: 'a user can own it now' }]);
  });

  it('of a group that a change has nothing to do with it is not said that nobody can tell', () => {
    const machine = found([
      '1 0000:01:00.0 igb',
      '2 0000:02:00.0',
      '3 0000:03:00.0',
      '3 0000:03:00.1',
      '? 0000:04:00.0 igb',
    ]);
    const untold = (...changes: readonly Change[]) =>
      whatIf(machine, newest, changes).stages.map((stage) => stage.untold.map(({ group }) => group));
    const load = (device: string): Change => ({ kind: 'driver', device, driver: 'vfio-pci' });
    expect(untold(load('0000:01:00.0'), { kind: 'device', device: '0000:05:00.0', group: '2' })).toEqual([
      [],
      ['2'],
      ['2'],
    ]);
    expect(untold(load('0000:03:00.0'))).toEqual([['3']]);
    expect(untold(load('0000:04:00.0'))).toEqual([['2', '3']]);
    expect(untold({ kind: 'kernel', says: 'Linux 6.1', judged: judgedBy('6.1', buses) })).toEqual([['2', '3']]);
  });

  it.each(['vfio-pci', null])('the driver of a physical function goes, and with it the virtual ones: %s', (driver) => {
    const machine = found(['14 0000:01:00.0 ixgbe', '15 0000:01:10.0 vfio-pci'], {
      facts: { '0000:01:10.0': { physfn: '0000:01:00.0' } },
    });
    const said = (device: string) => whatIf(machine, newest, [{ kind: 'driver', device, driver }]).says.join('\n');
    expect(said('0000:01:00.0')).toMatch(
      /0000:01:00\.0: its virtual functions, 0000:01:10\.0, go when its driver ixgbe is unbound .*here they are left in$/m,
    );
    expect(said('0000:01:10.0')).not.toMatch(/virtual/);
  });

  it('a device that appears; one that has a driver keeps it', () => {
    const { stages } = whatIf(eve, newest, [{ kind: 'device', device: '0000:80:1f.5', group: '20', driver: 'nvme' }]);
    expect(stages[0]!.changed).toEqual([
      { group: '20', before: 'no such group', after: 'in the way: 0000:80:1f.5 on nvme' },
    ]);
    const { says } = whatIf(eve, newest, [{ kind: 'driver', device: '0000:80:1f.6', driver: 'e1000e' }]);
    expect(says.join()).toMatch(/is on vfio-pci, and a module that loads leaves it there/);
  });
});
