import { PluginError, type Cell } from '@busward/core';
import type { Compiled } from './compile.ts';
import type { Row, Situation, Table } from './table.ts';

/**
 * Every situation of a table in which the cells `given` have these values, whether or not a search comes to it. None is told if
 * there are more than `most`, unless some are enough, or if a plugin will not be asked in one of them.
 */
export type SituationsOf = <T>(
  table: Table<T>,
  given: readonly number[],
  values: readonly number[],
  most: number,
  orSome?: 'or some',
) => readonly Situation<T>[] | undefined;

/** Of the values of all cells that a table may read. */
const MOST_COMBINATIONS = 2_000;

/** Every situation of a table, if these are not too many. They do not count as having come up. */
export function everySituation<T>(
  { cells, initial }: Pick<Compiled, 'cells' | 'initial'>,
  table: Table<T>,
): readonly Situation<T>[] | undefined {
  const combinations = table.touches.reduce((product, { values }) => product * values.length, 1);
  return combinations > MOST_COMBINATIONS
    ? undefined
    : situationsIn(cells, initial, 'only asked')(table, [], [], Infinity);
}

/** `blank` is any row; tables are asked on a copy of it. What is `onlyAsked` does not count as having come up. */
export function situationsIn(cells: readonly Cell[], blank: Row, onlyAsked?: 'only asked'): SituationsOf {
  const row = blank.slice();
  const isGiven = new Uint8Array(cells.length);
  return <T>(
    table: Table<T>,
    given: readonly number[],
    values: readonly number[],
    most: number,
    orSome?: 'or some',
  ) => {
    for (let at = 0; at < given.length; at++) {
      row[given[at]!] = values[at]!;
      isGiven[given[at]!] = 1;
    }
    try {
      const found: Situation<T>[] = [];
      return allBelow(table, 0, found, most) || orSome ? found : undefined;
    } catch (error) {
      if (error instanceof PluginError) return undefined;
      throw error;
    } finally {
      row.set(blank);
      isGiven.fill(0);
    }
  };

  /**
   * Adds those to `found` that read the first `from` cells as they are now, and says whether it is all of them. What is read next depends
   * on nothing else.
   */
  function allBelow<T>(table: Table<T>, from: number, found: Situation<T>[], most: number): boolean {
    const here = onlyAsked ? table.asked(row) : table.situation(row);
    if (found.push(here) > most) return false;
    for (let next = here.reads.length - 1; next >= from; next--) {
      const id = here.reads[next]!;
      if (isGiven[id] === 1) continue;
      const now = row[id]!;
      for (let value = 0; value < cells[id]!.values.length; value++) {
        if (value === now) continue;
        row[id] = value;
        if (!allBelow(table, next + 1, found, most)) return false;
      }
      row[id] = now;
    }
    return true;
  }
}
