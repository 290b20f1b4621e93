import type { Cell } from '@busward/core';
import type { Packing } from '../lay-out.ts';
import type { Entry, Table } from '../table.ts';
import { and, equal, get, i32, when, type Code } from './wasm.ts';

/** What is known of the cells on the way to a leaf, the last test first. */
export type Known = { readonly cell: number; readonly value: number; readonly before: Known } | undefined;

export function knownOf(known: Known, cell: number): number | undefined {
  for (let at = known; at; at = at.before) if (at.cell === cell) return at.value;
  return undefined;
}

type Tree<T> =
  { readonly entry: Entry<T> } | { readonly cell: number; readonly children: ReadonlyMap<number, Tree<T>> };

/**
 * The table as code that tests the packed state (word i is local i), one test after the other. `leaf` and `unknown` give
 * the code of a situation that has come up and of one that has not; it branches away, `depth` being the blocks that are
 * open around it, and never falls through.
 */
export function treeCode<T>(
  table: Table<T>,
  cells: readonly Cell[],
  packing: Packing,
  code: {
    leaf(entry: Entry<T>, known: Known, depth: number): Code;
    unknown(depth: number): Code;
  },
  known?: Known,
  depth = 0,
): Code {
  const tree = treeOf(table);
  return tree ? codeOf(tree, known, depth) : code.unknown(depth);

  function codeOf(at: Tree<T>, on: Known, deep: number): Code {
    if ('entry' in at) return code.leaf(at.entry, on, deep);
    const { cell, children } = at;
    const value = knownOf(on, cell);
    if (value !== undefined) {
      const child = children.get(value);
      return child ? codeOf(child, on, deep) : code.unknown(deep);
    }
    const tests = [...children].map(([is, child]) => ({ is, child, having: { cell, value: is, before: on } }));
    // Where every value has come up, the last needs no test.
    const last = children.size === cells[cell]!.values.length ? tests.pop() : undefined;
    return [
      tests.map(({ is, child, having }) => when(isValue(packing, cell, is), codeOf(child, having, deep + 1))),
      last ? codeOf(last.child, last.having, deep) : code.unknown(deep),
    ];
  }
}

/** The code of a test, made once for each cell and value: there are many more tests than kinds of them. */
function isValue(packing: Packing, cell: number, value: number): Code {
  let known = tests.get(packing);
  if (!known) tests.set(packing, (known = new Map()));
  const key = cell * 65_536 + value;
  let test = known.get(key);
  if (!test) known.set(key, (test = testing(packing, cell, value)));
  return test;
}
const tests = new WeakMap<Packing, Map<number, Code>>();

function testing({ wordOf, shiftOf, masks }: Packing, cell: number, value: number): Code {
  return equal(and(get(wordOf[cell]!), i32(masks[cell]! << shiftOf[cell]!)), i32(value << shiftOf[cell]!));
}

function treeOf<T>(table: Table<T>): Tree<T> | undefined {
  const root: { tree?: Tree<T> } = {};
  for (const { reads, values, entry } of table.learned()) {
    let put = (tree: Tree<T>): void => void (root.tree = tree);
    let at = root.tree;
    reads.forEach((cell, read) => {
      const children = at && 'cell' in at ? (at.children as Map<number, Tree<T>>) : new Map<number, Tree<T>>();
      if (!at) put({ cell, children });
      const value = values[read]!;
      put = (tree) => void children.set(value, tree);
      at = children.get(value);
    });
    put({ entry });
  }
  return root.tree;
}
