import { assemble, device, machine, menuOf, type Cell, type Cells } from '@busward/core';
import { compile, explore } from '@busward/explorer';
import { pci } from '@busward/pci';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stateSet } from '../src/search/state-set.ts';
import { layOut } from '../src/search/lay-out.ts';
import { tabulate } from '../src/tables/table.ts';
import { under } from './machines.ts';

describe('the state set', () => {
  it('is a set: numbers rows in order, once, and gives them back (against Set and Map)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.array(fc.nat(), { minLength: 14, maxLength: 14 }), { maxLength: 300 }),
        (widths, raw) => {
          const bits = [...widths, 7, 7];
          const rows = raw.map((values) => Uint16Array.from(bits, (need, at) => values[at % 14]! % 2 ** need));
          const set = stateSet(bits, 2);
          const known = new Map<string, number>();
          for (const row of rows) {
            const expected = known.has(row.join()) ? -1 : known.size;
            if (expected >= 0) known.set(row.join(), expected);
            expect(set.add(row)).toBe(expected);
          }
          expect(set.size).toBe(known.size);
          for (const [key, number] of known) expect(set.read(number, new Uint16Array(bits.length)).join()).toBe(key);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('adds a changed row as if it were packed whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 7 }), { minLength: 9, maxLength: 9 }),
        fc.nat({ max: 6 }),
        fc.nat({ max: 7 }),
        (values, cell, value) => {
          const bits = Array.from({ length: 9 }, () => 3);
          const [changed, whole] = [stateSet(bits, 2), stateSet(bits, 2)];
          const row = Uint16Array.from(values);
          const after = Uint16Array.from(row);
          after[cell] = value;
          after[8] = (row[8]! + 1) % 8;
          changed.add(row);
          whole.add(row);
          expect(changed.addAfter(0, after, [cell, value])).toBe(whole.add(after));
          expect(changed.read(1, new Uint16Array(9))).toEqual(after);
        },
      ),
    );
  });

  it('keeps blocks in one piece, and no two fields in one place', () => {
    const block = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 });
    const bitsOfAll = fc.tuple(fc.array(block, { maxLength: 6 }), fc.array(fc.nat({ max: 9 }), { minLength: 2 }));
    let kept = 0;
    fc.assert(
      fc.property(bitsOfAll, ([inBlocks, rest]) => {
        const bits = [...inBlocks.flat(), ...rest];
        let next = 0;
        const blocks = inBlocks.map((some) => some.map(() => next++));
        const { words, wordOf, shiftOf, masks } = layOut(bits, 2, blocks);
        const taken = Array.from({ length: words }, () => 0n);
        bits.forEach((need, field) => {
          const mine = ((1n << BigInt(need)) - 1n) << BigInt(shiftOf[field]!);
          expect([BigInt(masks[field]!) << BigInt(shiftOf[field]!), mine >> 32n]).toEqual([mine, 0n]);
          expect((taken[wordOf[field]!] ?? 0n) & mine).toBe(0n);
          if (need > 0) taken[wordOf[field]!]! |= mine;
        });
        const isWhole = blocks.every((some) =>
          some.every(
            (field, at) =>
              at === 0 ||
              (wordOf[field] === wordOf[field - 1] && shiftOf[field] === shiftOf[field - 1]! + bits[field - 1]!),
          ),
        );
        if (isWhole && blocks.length > 0) kept++;
        expect(isWhole || words === layOut(bits, 2).words).toBe(true);
      }),
    );
    expect(kept).toBeGreaterThan(50);
  });

  it('tells rows apart by any of some hundred words', () => {
    const bits = Array.from({ length: 20_000 }, () => 1);
    const set = stateSet(bits, 2);
    for (let at = 0; at < bits.length; at += 61) {
      const row = new Uint16Array(bits.length);
      row[at] = 1;
      expect(set.add(row)).toBe(at / 61);
      expect(set.read(at / 61, new Uint16Array(bits.length))).toEqual(row);
    }
  });

  it('grows', () => {
    const set = stateSet([16, 16, 1, 1], 2);
    for (let at = 0; at < 20_000; at++) expect(set.add(Uint16Array.of(at, at ^ 0xbeef, 0, 0))).toBe(at);
    expect(set.add(Uint16Array.of(17, 17 ^ 0xbeef, 0, 0))).toBe(-1);
  });
});

describe('a table', () => {
  const cells: readonly Cell<number>[] = [0, 1, 2, 3].map((id) => ({
    id,
    name: `c${id}`,
    values: [0, 1, 2],
    initial: 0,
  }));
  const row = (...values: number[]) => Uint16Array.from(values);

  it('is the function it was made of, for any function of the cells', () => {
    // A random function that reads a random path of cells, and writes one.
    const arbitrary = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.record({ write: fc.nat({ max: 3 }), value: fc.nat({ max: 2 }), result: fc.nat({ max: 5 }) }),
        fc.record({ read: fc.nat({ max: 3 }), next: fc.tuple(tie('tree'), tie('tree'), tie('tree')) }),
      ),
    })).tree;
    type Tree = { write: number; value: number; result: number } | { read: number; next: [Tree, Tree, Tree] };
    const evaluate = (tree: Tree, of: Cells): number => {
      if ('read' in tree) return evaluate(tree.next[of.get(cells[tree.read]!)]!, of);
      of.set(cells[tree.write]!, tree.value);
      return tree.result;
    };
    fc.assert(
      fc.property(
        arbitrary,
        fc.array(fc.tuple(...[0, 1, 2, 3].map(() => fc.nat({ max: 2 }))), { maxLength: 30 }),
        (tree, rows) => {
          const table = tabulate('a tree', cells, cells, (of) => evaluate(tree, of));
          for (const values of rows) {
            const expected = [...values];
            let node = tree;
            while ('read' in node) node = node.next[values[node.read]!]!;
            expected[node.write] = node.value;
            const { result, writes } = table.at(row(...values));
            const after = [...values];
            for (let at = 0; at < writes.length; at += 2) after[writes[at]!] = writes[at + 1]!;
            expect([result, after]).toEqual([node.result, expected]);
          }
        },
      ),
    );
  });

  it('asks its function once for each situation that it would read', () => {
    let calls = 0;
    const table = tabulate('counting', cells, cells, (of) => {
      calls++;
      return of.get(cells[0]!) === 1 ? of.get(cells[1]!) : 9;
    });
    for (const values of [
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 0],
      [1, 2],
    ])
      table.at(row(...values, 0, 0));
    // Three situations, each evaluated twice to see that it is pure.
    expect(calls).toBe(6);
  });

  it('has learned what came up, and what it was only asked of when that comes up', () => {
    const table = tabulate('asked', cells, cells, (of) => of.get(cells[0]!));
    const read = (): readonly number[] => table.learned().map(({ entry }) => entry.result);
    expect(table.at(row(0, 0, 0, 0)).result).toBe(0);
    expect([0, 1, 2].map((value) => table.asked(row(value, 0, 0, 0)).entry.result)).toEqual([0, 1, 2]);
    expect(read()).toEqual([0]);
    for (let time = 0; time < 2; time++) expect(table.at(row(2, 0, 0, 0)).result).toBe(2);
    expect(read()).toEqual([0, 2]);
  });

  it.each<[string, (of: Cells) => number, RegExp]>([
    [
      'touches a cell it has not declared',
      (of) => of.get(cells[3]!),
      /touches c3, which is not among the cells it declares/,
    ],
    ['depends on more than its cells', () => Math.random(), /did two things in one situation/],
  ])('refuses a function that %s', (_, evaluate, message) => {
    expect(() => tabulate('bad', cells, cells.slice(0, 3), evaluate).at(row(0, 0, 0, 0))).toThrow(message);
  });

  it('keeps what a function throws, and a value outside a range, for whoever gets there', () => {
    const table = tabulate('limits', cells, cells, (of) => {
      if (of.get(cells[0]!) === 2) throw new Error('never');
      of.set(cells[1]!, of.get(cells[1]!) + 1);
      return 0;
    });
    expect(table.at(row(2, 0, 0, 0)).failure?.message).toBe('never');
    expect(table.at(row(0, 2, 0, 0)).failure?.message).toBe('c1 would become 3; its values are 0, 1, 2');
    expect(table.at(row(0, 1, 0, 0)).failure).toBeUndefined();
  });
});

it('what is no principle judges nothing, and is refused', () => {
  const of = machine('one', { devices: [device(pci, 'A', { group: 'g' })] });
  const system = assemble(of, under('v8'), [pci], { kind: 'open', inFlight: 1, menu: menuOf(of) });
  const refused =
    (said: unknown): (() => unknown) =>
    () =>
      explore(system, said as never);
  expect(refused(['P1'])).toThrow(/^"P1" is no principle; give those of core, as principles\.filter/);
  expect(refused(undefined)).toThrow(/^undefined is no principle; give those of core/);
});

describe('the tables of a system', () => {
  const users = [0, 1, 2].map((at) => ({ name: `u${at}`, through: 'container' }) as const);
  const of = machine('three users', { devices: [device(pci, 'A', { group: 'g' })], users });
  const { nodes } = compile(assemble(of, under('v8'), [pci], { kind: 'open', inFlight: 2, menu: menuOf(of) }));
  const tablesOf = (step: string): readonly unknown[] =>
    nodes.flatMap((node) => (node.kind === 'at' && node.name === step ? [node.table] : []));

  it('are one where a step is one object for all users, and else one for each', () => {
    const [opening, claiming] = ['vfio_group_fops_open', 'iommu_group_claim_dma_owner'].map(tablesOf);
    expect([opening!.length, new Set(opening).size]).toEqual([3, 1]);
    expect([claiming!.length, new Set(claiming).size]).toEqual([3, 3]);
  });
});
