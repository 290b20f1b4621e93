import {
  assemble,
  device,
  EBUSY,
  kernelDriver,
  machine,
  menuOf,
  OK,
  PluginError,
  principles,
  type Bus,
  type Device,
  type GroupView,
  type Machine,
  type Strategy,
  type System,
} from '@busward/core';
import {
  compile,
  explore,
  exploreCompiled,
  finished,
  initialIndices,
  judgesOf,
  retraces,
  witnessOf,
  type Exploration,
} from '@busward/explorer';
import { amba } from '@busward/amba';
import { fslMc } from '@busward/fsl-mc';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deviceExchangeOf } from '../src/devices/exchange.ts';
import { DevicesUnlike } from '../src/devices/agree.ts';
import { aboutWhom } from '../src/devices/about-whom.ts';
import { answersFor } from '../src/devices/answers-for.ts';
import type { Arrangement } from '../src/devices/arrangements.ts';
import { lookingTwice } from '../src/devices/exchanging.ts';
import { devicesInOrder } from '../src/devices/in-order.ts';
import { puttingInOrder } from '../src/likeness/ordering.ts';
import { forEachMove } from '../src/tables/moves.ts';
import { isComplete } from '../src/search/ended.ts';
import { generated, generatedOnBuses, openSystem, tellsApart, type Generated } from './generated.ts';
import { under } from './machines.ts';
import { patience, propertyOf, runs } from './property.ts';

/*
 * Devices that can change places: held against every state of the system, on generated plugins (property.ts).
 */

/** Of the first states of a system two that differ in which like device is where and lead to states that differ in more; and to which. */
function unlike(system: System, loosely?: 'loosely'): readonly string[] {
  const compiled = compile(system);
  const exchange = deviceExchangeOf(compiled, loosely);
  if (!exchange) return [];
  const put = puttingInOrder(devicesInOrder(compiled, exchange.devices), compiled);
  const kindOf = (state: Uint16Array): string => {
    const ordered = state.slice();
    put(ordered);
    return ordered.join();
  };
  const leadsTo = new Map<string, string>();
  const rows = [compiled.initial];
  const known = new Set([rows[0]!.join()]);
  for (let at = 0; at < rows.length; at++) {
    const kinds = new Set<string>();
    const row = rows[at]!.slice();
    forEachMove(compiled, row, ({ failure }) => {
      kinds.add(failure ? failure.name : kindOf(row));
      if (failure || known.has(row.join()) || rows.length > 1_000) return;
      known.add(row.join());
      rows.push(row.slice());
    });
    const kind = kindOf(row);
    const all = [...kinds].toSorted().join('\n');
    const before = leadsTo.get(kind) ?? all;
    if (all !== before) return [kind, all, before];
    leadsTo.set(kind, all);
  }
  return [];
}

describe('states that differ in which like device is where', () => {
  it(
    'lead to states that differ in that only',
    () =>
      propertyOf(
        generated(3).filter((one) => !tellsApart(one)),
        runs,
        (one) => expect(unlike(openSystem(one))).toEqual([]),
      ),
    patience,
  );

  // 5.10 goes through the members one by one, so that nobody is exchanged.
  it.each([
    ['---', 'legacy'],
    ['-r-', '6.1'],
    ['-r-', '7.3'],
    ['r-r-', '6.1'],
    ['R-r-', '6.1'],
    ['-rr-', '6.6'],
  ])('so do they of members %s under %s, where r refuse a domain, and R, which is none yet', (row, strategy) => {
    const system = openSystem({ machine: inARow(row), strategy: under(strategy), buses: [pci] });
    expect(unlike(system)).toEqual([]);
  });

  it('so do they where members leave, so that another is the first to refuse', () => {
    const of = inARow('-r-r');
    const clients = { kind: 'open', inFlight: 1, menu: menuOf(of, { hotplug: true }) } as const;
    expect(unlike(assemble(of, under('6.1'), [pci], clients))).toEqual([]);
  });
});

/** Members of which `r` refuse a domain, and `R`, which is none yet. */
function inARow(row: string): Machine {
  const devices = row.split('').map((sort, at) =>
    device(pci, `D${at}`, {
      group: 'g',
      joins: sort === 'R' ? 'at first bind' : 'when added',
      ...(sort !== '-' && { failsToAttach: 'blocking' }),
    }),
  );
  return machine(row, { devices });
}

const lengths = ({ violations }: Pick<Exploration, 'violations'>): ReadonlyMap<string, number> =>
  new Map(violations.map(({ principle, device: by, path }) => [`${principle.id} ${by}`, path.length]));

/** One that counts drivers without a look at the owner, and refuses those who are unwelcome among the members of their group. */
const refusing = (base: Strategy, isUnwelcome: (dev: Device, members: GroupView['members']) => boolean): Strategy => ({
  ...base,
  ownership: (section, bus) => ({
    ...base.ownership(section, bus),
    use: (dev) =>
      section(dev, 'use', [OK, EBUSY], (group) => {
        if (group && isUnwelcome(dev, group.members)) return EBUSY;
        if (group) group.ownerCount += 1;
        return OK;
      }),
  }),
});

type Placed = Pick<Arrangement, 'devices' | 'cells' | 'nodes'>;

describe('devices on several buses', () => {
  /** Says whether they were found to be alike. */
  function areLooselyAlike(one: Generated): boolean {
    const system = openSystem(one, 1);
    const compiled = compile(system);
    const judges = judgesOf(system, principles);
    const exchange = deviceExchangeOf(compiled, 'loosely');
    const all = exploreCompiled(compiled, judges, { maxStates: 20_000 });
    if (!exchange?.isLoose || !isComplete(all)) return false;
    try {
      // Of devices that are not alike there may be more states than all, before it is seen.
      for (const linearAfter of [0, Infinity]) {
        const quotient = finished(
          lookingTwice(compile(system), { exchange, isPast: false }, judgesOf(system, principles), {
            maxStates: 200_000,
            linearAfter,
          }),
        );
        expect(quotient && lengths(quotient)).toEqual(lengths(all));
        for (const { path } of quotient!.violations)
          expect(retraces(system, initialIndices(system), witnessOf(compiled, path))).toBe(true);
      }
    } catch (error) {
      // What a plugin throws may be thrown where only devices come that are not alike.
      if (error instanceof DevicesUnlike || error instanceof PluginError) return false;
      throw error;
    }
    expect(unlike(system, 'loosely')).toEqual([]);
    return true;
  }

  it(
    'are alike if tables agree: the same principles and devices by ways as short, and all states lead to the same',
    () => propertyOf(generatedOnBuses(1), runs, (one) => expect([true, false]).toContain(areLooselyAlike(one))),
    patience,
  );

  it('are so where the buses come to the same, and not where one does not', () => {
    const on = (strategy: string, other: Bus = platform): Generated => ({
      machine: machine('three', {
        devices: [pci as Bus, other, pci].map((bus, at) => device(bus, `D${at}`, { group: 'g', joins: 'when added' })),
      }),
      strategy: under(strategy),
      buses: [pci, other],
    });
    expect(areLooselyAlike(on('7.3'))).toBe(true);
    // What it has claimed it does not give back.
    const forgetful = { ...platform, *dma_unconfigure() {} } as Bus;
    expect(areLooselyAlike(on('v8'))).toBe(true);
    expect(areLooselyAlike(on('v8', forgetful))).toBe(false);
  });

  it('are exchanged among themselves where one bus has steps of its own', () => {
    // fsl-mc may have to wait for its IOMMU; platform and amba need not.
    const on = (...all: readonly Bus[]): readonly unknown[] => {
      const devices = all.map((bus, at) => device(bus, `D${at}`, { group: 'g' }));
      const of = openSystem({ machine: machine('several', { devices }), strategy: under('v8'), buses: all }, 1);
      const { orders, isLoose } = deviceExchangeOf(compile(of), 'loosely')!;
      return [orders, isLoose];
    };
    expect(on(fslMc, fslMc, platform, platform)).toEqual([4, false]);
    expect(on(fslMc, fslMc, platform, amba)).toEqual([4, true]);
    expect(on(fslMc, platform)).toEqual([1, false]);
  });

  // It is of no kind with them, so that what it does is about them only by what it reads.
  it('are not where another device minds which of them has a driver', () => {
    const base = under('7.3');
    const choosy = refusing(
      base,
      (dev, members) =>
        dev.name === 'alone' &&
        members.some(({ device: { bus }, driver }) => bus === 'platform' && driver !== undefined),
    );
    const like = [pci as Bus, platform, pci].map((bus, at) => device(bus, `D${at}`, { group: 'g' }));
    const alone = device(pci, 'alone', { group: 'g', drivers: [kernelDriver('k')] });
    const of = machine('three and another', { devices: [...like, alone] });
    const alike = (strategy: Strategy): boolean => areLooselyAlike({ machine: of, strategy, buses: [pci, platform] });
    expect([alike(base), alike(choosy)]).toEqual([true, false]);
  });

  it('are looked at, of what a step is about, in every place where they may be', () => {
    const devices = [pci as Bus, platform, pci, platform].map((bus, at) => device(bus, `D${at}`, { group: 'g' }));
    const system = openSystem(
      { machine: machine('four', { devices }), strategy: under('v8'), buses: [pci, platform] },
      1,
    );
    const compiled = compile(system);
    exploreCompiled(compiled, judgesOf(system, principles), { maxStates: 20_000 });
    const { arrangements } = deviceExchangeOf(compiled, 'loosely')!;
    expect(arrangements).toHaveLength(6); // 4 of 4 in 2 and 2, but for the one there is, and one within both
    const about = aboutWhom(compiled, arrangements);
    const whole = Uint16Array.from({ length: 2 ** 16 }, (_, at) => at);
    const stays: Placed = { devices: new Map<string, string>(), cells: whole, nodes: whole };
    let many = 0;
    compiled.nodes.forEach((node, at) => {
      if (node.kind !== 'at') return;
      for (const situation of node.table.learned()) {
        const { writes, events, result } = situation.entry;
        const cells = [...situation.reads, ...writes.filter((_, one) => one % 2 === 0)];
        const next = result < 0 ? at : (node.next[result]?.to ?? at);
        const told = ({ devices: named, cells: to, nodes }: Placed): string =>
          [
            ...cells.map((id) => to[id]),
            nodes[at],
            nodes[next],
            ...(events.length > 0 ? devices.map(({ name }) => named.get(name) ?? name) : []),
          ].join();
        const asked = [stays, ...about.placed(about.node(at) | about.step(node, situation))];
        const ways = new Set(asked.map(told));
        for (const arrangement of arrangements) expect(ways).toContain(told(arrangement));
        many += arrangements.length + 1 - asked.length;
      }
    });
    expect(many).toBeGreaterThan(0);
  });
});

describe('a system that was looked at but for which like device is where', () => {
  const onAnotherBus = fc.tuple(generatedOnBuses(1), fc.nat(2), fc.nat(2)).map(([one, at, to]) => ({ ...one, at, to }));
  const answers = ({ machine: of, strategy, buses }: Generated, at: number, to: Bus): boolean => {
    const [system, moved] = [of, onto(of, at, to)].map((one) =>
      openSystem({ machine: one, strategy, buses: [...buses, to] }, 1),
    ) as [System, System];
    const compiled = compile(system);
    const exchange = deviceExchangeOf(compiled, 'loosely');
    const quotient =
      exchange &&
      finished(
        lookingTwice(compiled, { exchange, isPast: false }, judgesOf(system, principles), { maxStates: 20_000 }),
      );
    return quotient !== undefined && answersFor(quotient.exchanged!, compiled, compile(moved), principles);
  };
  const onto = (of: Machine, at: number, { name: bus }: Bus): Machine => ({
    ...of,
    devices: of.devices.map((one, place) => (place === at ? { ...one, bus } : one)),
  });

  /** Says whether it answers. */
  function answersRightly({ at, to, ...one }: Generated & { readonly at: number; readonly to: number }): boolean {
    const bus = one.buses[to]!;
    try {
      if (!answers(one, at, bus)) return false;
    } catch (error) {
      if (error instanceof DevicesUnlike || error instanceof PluginError) return false;
      throw error;
    }
    const [all, moved] = [one.machine, onto(one.machine, at, bus)].map((of) =>
      explore(openSystem({ ...one, machine: of }, 1), principles, { maxStates: 20_000 }),
    ) as [Exploration, Exploration];
    if (!isComplete(all)) return false;
    expect(lengths(moved)).toEqual(lengths(all));
    return true;
  }

  it(
    'answers for it with a device on another bus only if that breaks the same, by ways as short',
    () => propertyOf(onAnotherBus, runs, (one) => expect([true, false]).toContain(answersRightly(one))),
    patience,
  );

  // Of like devices the first begins, and the last goes on for it: what a device does by itself is seen of neither.
  it.each([0, 1, 2])('answers for it with device %i on another bus, and not where the strategy minds that', (at) => {
    const base = under('7.3');
    const shy = refusing(
      base,
      (dev, members) =>
        dev.bus === 'platform' && members.every(({ device: { name }, driver }) => name === dev.name || !driver),
    );
    const drivers = [kernelDriver('one')];
    const devices = [0, 1, 2].map((n) => device(pci, `D${n}`, { group: 'g', joins: 'when added', drivers }));
    const on = (strategy: Strategy): boolean =>
      answers({ machine: machine('three', { devices }), strategy, buses: [pci] }, at, platform);
    expect([on(base), on(shy)]).toEqual([true, false]);
  });
});
