import {
  assemble,
  device,
  machine,
  menuOf,
  PluginError,
  principles,
  type Bus,
  type Machine,
  type System,
} from '@busward/core';
import {
  compile,
  exchangeOf,
  exploreCompiled,
  finished,
  judgesOf,
  quotientOf,
  Unlike,
  type Exploration,
} from '@busward/explorer';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { forEachMove } from '../src/moves.ts';
import { generated, generatedOnBuses, openSystem, type Generated } from './generated.ts';
import { under } from './machines.ts';
import { patience, propertyOf, runs } from './property.ts';

/*
 * Devices that can change places: held against every state of the system, on generated plugins (property.ts).
 */

/** Of the first states of a system two that differ in which like device is where and lead to states that differ in more; and to which. */
function unlike(system: System, loosely?: 'loosely'): readonly string[] {
  const compiled = compile(system);
  const { order } = exchangeOf(compiled, loosely) ?? {};
  if (!order) return [];
  const kindOf = (state: Uint16Array): string => {
    const ordered = state.slice();
    order(ordered);
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
    () => propertyOf(generated(3), runs, (one) => expect(unlike(openSystem(one))).toEqual([])),
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

describe('devices on several buses', () => {
  const lengths = ({ violations }: Pick<Exploration, 'violations'>): ReadonlyMap<string, number> =>
    new Map(violations.map(({ principle, device: by, path }) => [`${principle.id} ${by}`, path.length]));

  /** Says whether they were found to be alike. */
  function areLooselyAlike(one: Generated): boolean {
    const system = openSystem(one, 1);
    const compiled = compile(system);
    const judges = judgesOf(system, principles);
    const exchange = exchangeOf(compiled, 'loosely');
    const all = exploreCompiled(compiled, judges, { maxStates: 20_000 });
    if (!exchange || exchange.arrangements.length === 0 || !all.complete) return false;
    try {
      const quotient = finished(quotientOf(compile(system), exchange, judgesOf(system, principles), all.states));
      expect(quotient && lengths(quotient)).toEqual(lengths(all));
    } catch (error) {
      // What a plugin throws may be thrown where only devices come that are not alike.
      if (error instanceof Unlike || error instanceof PluginError) return false;
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
});
