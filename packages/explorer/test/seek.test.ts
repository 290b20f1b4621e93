import {
  assemble,
  principles,
  replay,
  WAIT,
  type Machine,
  type Operation,
  type Principle,
  type System,
} from '@busward/core';
import {
  compile,
  finished,
  judgesOf,
  openState,
  seek,
  seekers,
  witnessOf,
  type Fact,
  type Indices,
  type Sought,
} from '@busward/explorer';
import { describe, expect, it } from '@jest/globals';
import { bind, buses, claim, K, open, pair, unbind, V, under } from './machines.ts';

/*
 * `seek` against brute force: every execution, by running the generators, without tables, merging or packing. A state is
 * the cells, what each operation has seen, and all results; so nothing is told apart by luck.
 */

const systemOf = (on: Machine, name: string, actors: readonly (readonly Operation[])[]): System =>
  assemble(on, under(name), buses, { kind: 'actors', actors });

interface Moment {
  readonly cells: Indices;
  readonly slots: readonly {
    readonly left: readonly Operation[];
    readonly seen: readonly { key: string; outcome: unknown }[];
  }[];
  /** Results by actor and place, in order of the lists. */
  readonly results: Readonly<Record<string, string>>;
  readonly steps: number;
}

/** Every moment that can be reached, nearest first, and whether it is an end. */
function everyMoment(system: System): readonly (Moment & { readonly end: boolean })[] {
  const { clients } = system;
  if (clients.kind !== 'actors') throw new Error('actors only');
  const first: Moment = {
    cells: system.cells.map((cell) => cell.values.indexOf(cell.initial)),
    slots: clients.actors.map((left) => ({ left, seen: [] })),
    results: {},
    steps: 0,
  };
  const all: (Moment & { end: boolean })[] = [];
  const known = new Set<string>();
  for (let layer = [first]; layer.length > 0;) {
    const next: Moment[] = [];
    for (const moment of layer) {
      const key = JSON.stringify([moment.cells, moment.slots, moment.results]);
      if (known.has(key)) continue;
      known.add(key);
      const after = Object.values(moment.results).includes('crash') ? [] : successors(system, moment);
      all.push({ ...moment, end: after.length === 0 });
      next.push(...after);
    }
    layer = next;
  }
  return all;
}

function successors(system: System, moment: Moment): readonly Moment[] {
  return moment.slots.flatMap(({ left, seen }, slot): Moment[] => {
    const [operation, ...rest] = left;
    if (!operation) return [];
    const name = `${slot}.${lengthOf(system, slot) - left.length}`;
    const put = (to: (typeof moment.slots)[number], cells: Indices, result?: string): Moment => ({
      cells,
      slots: moment.slots.map((one, at) => (at === slot ? to : one)),
      results: result === undefined ? moment.results : { ...moment.results, [name]: result },
      steps: moment.steps + 1,
    });
    if (seen.length === 0 && !system.possible(operation).holds(openState(moment.cells).cells))
      return [put({ left: rest, seen: [] }, moment.cells, 'skip')];
    const program = () => system.program(operation);
    const here = replay(program, seen, operation.do);
    if (here.kind === 'done') return [put({ left: rest, seen: [] }, moment.cells, String(here.result))];
    if (here.kind !== 'step') throw here.error;
    const { cells, indices, events } = openState(moment.cells);
    const outcome = here.atom.run(cells);
    if (outcome === WAIT) return [];
    if (events.some(({ kind }) => kind === 'crashed')) return [put({ left: rest, seen: [] }, indices, 'crash')];
    const longer = [...seen, { key: here.atom.key, outcome }];
    const then = replay(program, longer, operation.do);
    if (then.kind === 'done') return [put({ left: rest, seen: [] }, indices, String(then.result))];
    return [put({ left, seen: longer }, indices)];
  });
}

function lengthOf({ clients }: System, slot: number): number {
  return clients.kind === 'actors' ? clients.actors[slot]!.length : 0;
}

const limits = { maxStates: 100_000 };
const naively = (system: System, judged: readonly Principle[], sought: Sought) =>
  finished(seekers.find(({ name }) => name === 'naive')!.seek(compile(system), judged, sought, limits));

const register: Operation = { do: 'register', group: 'group 0' };
const cases: readonly (readonly [string, Machine, readonly (readonly Operation[])[]])[] = [
  ['claim against bind', pair(), [[bind('A', V), claim, open('A')], [bind('B', K)]]],
  ['unbind against claim', pair(), [[bind('A', V), bind('B', K), unbind('B')], [claim]]],
  ['a bind during registration', pair({ iommu: 'later' }), [[bind('B', K)], [register]]],
  ['the same device twice', pair(), [[bind('A', K), unbind('A')], [bind('A', V)]]],
];

describe.each(cases)('%s', (_, on, actors) => {
  describe.each(['legacy', 'v7', '6.12', '7.3'])('%s', (name) => {
    const system = systemOf(on, name, actors);
    const compiled = compile(system);
    const moments = everyMoment(system);
    const sought = (
      facts: readonly Fact[],
      how: 'together' | 'not all at the end' = 'together',
      judged: readonly Principle[] = [],
    ) => seek(compiled, judgesOf(system, judged), { facts, how });
    const all = actors.flatMap((list, slot) => list.map((operation, at) => ({ operation, name: `${slot}.${at}` })));
    const results = ['OK', 'EBUSY', 'EPERM', 'EINVAL', 'EAGAIN', 'skip', 'crash'];

    it('finds a result exactly where brute force does, as near', () => {
      for (const one of all)
        for (const is of results) {
          const nearest = moments.find((moment) => moment.results[one.name] === is);
          const found = sought([{ kind: 'result', operation: one.operation, is }]);
          expect([one.name, is, found.path?.length]).toEqual([one.name, is, nearest?.steps]);
          expect(found.complete).toBe(true);
        }
    });
    it('finds two results together exactly where brute force does', () => {
      for (const a of all)
        for (const b of all)
          for (const is of results) {
            const met = moments.find(({ results: had }) => had[a.name] === 'OK' && had[b.name] === is);
            const facts: Fact[] = [
              { kind: 'result', operation: a.operation, is: 'OK' },
              { kind: 'result', operation: b.operation, is },
            ];
            expect([a.name, b.name, is, sought(facts).path?.length]).toEqual([a.name, b.name, is, met?.steps]);
          }
    });
    it('finds a value together with a result, and what blocks at the end', () => {
      const cell = system.cells.find((one) => one.name === 'B.driver')!;
      for (const value of cell.values)
        for (const one of all) {
          const met = moments.find(
            (moment) => cell.values[moment.cells[cell.id]!] === value && moment.results[one.name] === 'OK',
          );
          const facts: Fact[] = [
            { kind: 'value', cell: cell.name, is: value },
            { kind: 'result', operation: one.operation, is: 'OK' },
          ];
          expect(sought(facts).path?.length).toBe(met?.steps);
          const stuck = moments.some((moment) => moment.end && endsBlocked(moment, one.name));
          expect([
            one.name,
            sought([{ kind: 'result', operation: one.operation, is: 'blocked' }]).path !== undefined,
          ]).toEqual([one.name, stuck]);
        }
    });
    it('refutes "always" exactly where brute force does', () => {
      for (const one of all)
        for (const is of results) {
          // What ends by a crash keeps no promise but that of a crash.
          const refuted = moments.some(
            ({ end, results: had }) =>
              end && (had[one.name] !== is || (is !== 'crash' && Object.values(had).includes('crash'))),
          );
          const found = sought([{ kind: 'result', operation: one.operation, is }], 'not all at the end');
          expect([one.name, is, found.path !== undefined]).toEqual([one.name, is, refuted]);
        }
    });
    it('tells a witness of every principle that is broken', () => {
      const applying = principles.filter(({ needsCount }) => !needsCount || system.kernel.strategy.counts);
      const paths = applying.flatMap(
        (principle) => sought([{ kind: 'broken', principle }], 'together', [principle]).path ?? [],
      );
      const told = applying.flatMap((principle) => {
        const { path } = sought([{ kind: 'broken', principle }], 'together', [principle]);
        return path ? witnessOf(compiled, path).steps : [];
      });
      expect(told).toHaveLength(paths.length);
    });

    it('comes to the same by the generators themselves', () => {
      const [last] = all.slice(-1);
      const facts: readonly (readonly Fact[])[] = [
        ...all.map(({ operation }) => [{ kind: 'result', operation, is: 'OK' }] as const),
        [{ kind: 'result', operation: last!.operation, is: 'blocked' }],
        [
          { kind: 'value', cell: 'B.driver', is: 'kernel-driver' },
          { kind: 'result', operation: last!.operation, is: 'OK' },
        ],
      ];
      for (const some of facts)
        for (const how of ['together', 'not all at the end'] as const) {
          const found = sought(some, how);
          const by = naively(system, [], { facts: some, how });
          expect([by.path?.length, by.complete]).toEqual([found.path?.length, true]);
          expect(by.states).toBeGreaterThanOrEqual(found.states);
        }
      for (const principle of principles.filter(({ needsCount }) => !needsCount || system.kernel.strategy.counts)) {
        const broken: readonly Fact[] = [{ kind: 'broken', principle }];
        const by = naively(system, [principle], { facts: broken, how: 'together' });
        expect(by.path?.length).toBe(sought(broken, 'together', [principle]).path?.length);
      }
    });

    /** The next of its actor's list, which has begun and waits, or waits to begin, on a machine that still runs. */
    function endsBlocked({ slots, results: had }: Moment, which: string): boolean {
      if (Object.values(had).includes('crash')) return false;
      const [slot, at] = which.split('.').map(Number) as [number, number];
      return slots[slot]!.left.length === lengthOf(system, slot) - at;
    }
  });
});

describe('the naive engine', () => {
  const facts: readonly Fact[] = [{ kind: 'value', cell: 'B.driver', is: 'nothing it can be' }];
  it('notices tables that are not what the generators do', () => {
    const system = systemOf(pair(), '6.1', [[bind('B', K)]]);
    let asked = 0;
    // Tables ask twice what is possible, and then it is not.
    const never = { touches: [], holds: () => false };
    const shifty = { ...system, possible: (one: Operation) => (++asked > 2 ? never : system.possible(one)) };
    expect(() => naively(shifty, [], { facts, how: 'together' })).toThrow(/disagree/);
  });
  it('is undecided at a limit', () => {
    const system = systemOf(pair(), '6.1', [[bind('B', K)], [bind('A', V), claim]]);
    const [, , naive] = seekers;
    const { complete, stoppedBy, path } = finished(
      naive!.seek(compile(system), [], { facts, how: 'together' }, { maxStates: 5 }),
    );
    expect([complete, stoppedBy, path]).toEqual([false, 'after 5 states', undefined]);
  });
});
