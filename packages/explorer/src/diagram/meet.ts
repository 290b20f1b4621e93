import type { Cell } from '@busward/core';
import type { Situation, Table } from '../tables/table.ts';
import type { Workshop } from './apply.ts';
import { childOf, NOTHING, pairCache, put, draft } from './forest.ts';
import { anyState } from './states.ts';

/**
 * Asks a table of every state of `set`, once for each situation that comes up there: the states are parted by what the table
 * reads first, then by what it reads next, as far as there are any. `hear` is told of each situation, and says whether to go on.
 */
export function meet<T>(
  workshop: Workshop,
  set: number,
  table: Table<T>,
  hear: (situation: Situation<T>) => boolean,
): void {
  const { values, compiled } = workshop;
  const only = parter(workshop);
  below(projected(workshop, set, table.touches), 0);

  /** The states of `some` agree on the first `depth` cells that the table reads. Whether to go on. */
  function below(some: number, depth: number): boolean {
    const row = values.rowOf(anyState(workshop, some));
    const situation = table.situation(row);
    const { reads } = situation;
    if (!hear(situation)) return false;
    // Those that part from this one at a cell, and then those that do not.
    let alike = some;
    for (let at = depth; at < reads.length; at++) {
      const id = reads[at]!;
      for (let value = 0; value < compiled.cells[id]!.values.length; value++) {
        const others = value === row[id] ? NOTHING : only(alike, id, value);
        if (others !== NOTHING && !below(others, at + 1)) return false;
      }
      alike = only(alike, id, row[id]!);
    }
    return true;
  }
}

/** The states of a set in which a cell has a value. */
function parter({ forest, values }: Workshop): (set: number, id: number, value: number) => number {
  const { levels } = values;
  const known = pairCache();
  return (set, id, value) => {
    const key = id * 256 + value;
    const level = levels.ofCell[id]!;
    const at = levels.cells[level]!.indexOf(id);
    return below(values.top, set);

    function below(here: number, node: number): number {
      if (node === NOTHING) return NOTHING;
      const before = known.get(node, key);
      if (before >= 0) return before;
      const work = draft();
      for (let one = 0; one < forest.width(node); one++) {
        const local = forest.value(node, one);
        const child = forest.child(node, one);
        const left = here > level ? below(here - 1, child) : values.cells(here, local)[at] === value ? child : NOTHING;
        if (left !== NOTHING) put(work, local, left);
      }
      return known.set(node, key, forest.make(work));
    }
  };
}

/** The set with every cell but these at its first value, and nobody in flight: equal sets, small diagrams. */
function projected({ forest, values }: Workshop, set: number, cells: readonly Cell[]): number {
  const { levels } = values;
  const kept = new Set(cells.map(({ id }) => id));
  const known = pairCache();
  const shapes = levels.cells.map((): number[] => []);
  const shapeOf = (level: number, value: number): number =>
    (shapes[level]![value] ??= values.intern(
      level,
      values.cells(level, value).map((cell, at) => (kept.has(levels.cells[level]![at]!) ? cell : 0)),
      [],
    ));
  return below(values.top, set);

  function below(level: number, node: number): number {
    if (level < 0) return node;
    const before = known.get(node, 0);
    if (before >= 0) return before;
    const work = draft();
    for (let at = 0; at < forest.width(node); at++) {
      const child = below(level - 1, forest.child(node, at));
      const shape = shapeOf(level, forest.value(node, at));
      put(work, shape, forest.union(childOf(work, shape), child));
    }
    return known.set(node, 0, forest.make(work));
  }
}
