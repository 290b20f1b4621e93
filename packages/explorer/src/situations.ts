import { PluginError, type Cell } from '@busward/core';
import type { Row, Situation, Table } from './table.ts';

/**
 * Every situation of the table in which the cells `given` are as they are in `row`, whether or not a search comes to it.
 * None is told if there are more than `most`, or if a plugin will not be asked in one of them.
 */
export function situationsOf<T>(
  table: Table<T>,
  cells: readonly Cell[],
  row: Row,
  given: readonly number[] = [],
  most = Infinity,
): readonly Situation<T>[] | undefined {
  const found: Situation<T>[] = [];
  let at = row;
  try {
    const here = table.situation(row);
    if (here.reads.every((id) => given.includes(id))) return [here];
    // Only now: a copy of a row is outside the heap, which costs more than all the rest.
    at = row.slice();
    return below(0) ? found : undefined;
  } catch (error) {
    if (error instanceof PluginError) return undefined;
    throw error;
  }

  /** Those that read the first `from` cells as they are now. What is read next depends on nothing else. */
  function below(from: number): boolean {
    const here = table.situation(at);
    if (found.push(here) > most) return false;
    for (let next = here.reads.length - 1; next >= from; next--) {
      const id = here.reads[next]!;
      if (given.includes(id)) continue;
      const now = at[id]!;
      for (let value = 0; value < cells[id]!.values.length; value++) {
        if (value === now) continue;
        at[id] = value;
        if (!below(next + 1)) return false;
      }
      at[id] = now;
    }
    return true;
  }
}
