import type { Compiled } from '../tables/compile.ts';
import type { Row } from '../tables/table.ts';
import type { Levels } from './levels.ts';

/** The values that levels have had, each a number from 0 on: values of its cells, and who is in flight at its places. */
export interface Values {
  readonly levels: Levels;
  readonly top: number;
  cells(level: number, value: number): readonly number[];
  /** Its places that are taken, in order, each as often as it is. */
  places(level: number, value: number): readonly number[];
  intern(level: number, cells: readonly number[], places: readonly number[]): number;
  /** The state as one value for each level. */
  ofRow(row: Row): readonly number[];
  /** Slots in order; left at 0 where the values are of cells only. */
  rowOf(values: readonly number[]): Row;
}

export function valuesOf({ cells, initial }: Compiled, levels: Levels): Values {
  const known = levels.cells.map(() => new Map<string, number>());
  const cellsOf: (readonly number[])[][] = levels.cells.map(() => []);
  const placesOf: (readonly number[])[][] = levels.cells.map(() => []);
  return {
    levels,
    top: levels.cells.length - 1,
    cells: (level, value) => cellsOf[level]![value]!,
    places: (level, value) => placesOf[level]![value]!,
    intern,
    ofRow: (row) =>
      levels.cells.map((ids, level) => {
        const places = [...row.subarray(cells.length)].filter((node) => levels.ofNode[node] === level);
        return intern(
          level,
          ids.map((id) => row[id]!),
          places.toSorted((a, b) => a - b),
        );
      }),
    rowOf(values) {
      const row = new Uint16Array(initial.length);
      const taken: number[] = [];
      values.forEach((value, level) => {
        levels.cells[level]!.forEach((id, at) => (row[id] = cellsOf[level]![value]![at]!));
        taken.push(...placesOf[level]![value]!);
      });
      row.set(
        taken.toSorted((a, b) => a - b),
        cells.length,
      );
      return row;
    },
  };

  function intern(level: number, values: readonly number[], places: readonly number[]): number {
    const key = `${values.join()}|${places.join()}`;
    const old = known[level]!.get(key);
    if (old !== undefined) return old;
    known[level]!.set(key, cellsOf[level]!.length);
    placesOf[level]!.push(places);
    return cellsOf[level]!.push(values) - 1;
  }
}
