import type { Cell } from '@busward/core';
import type { Table } from '../tables/table.ts';

/**
 * A way through a table: the cells it reads and what it finds there, and the situation that it comes to. One that has not come
 * up yet ends where the last cell is anything but the `known` values, or at once if nothing has come up.
 */
export type Leaf<T> = Asked & { readonly situation: ReturnType<Table<T>['learned']>[number] | undefined };

/** What has to be true of cells. */
export interface Asked {
  readonly reads: readonly number[];
  /** Of each cell: the one value it has, or those that it has not. */
  readonly values: readonly Value[];
}

type Value = number | { readonly noneOf: readonly number[] };

export const isValue = (asked: Value, value: number): boolean =>
  typeof asked === 'number' ? asked === value : !asked.noneOf.includes(value);

/** Every way through a table. No state goes two of them, and each goes one. */
export function leavesOf<T>(table: Table<T>, cells: readonly Cell[]): readonly Leaf<T>[] {
  const leaves: Leaf<T>[] = [];
  below(table.learned(), [], []);
  return leaves;

  function below(
    situations: ReturnType<Table<T>['learned']>,
    reads: readonly number[],
    values: readonly Value[],
  ): void {
    const [one] = situations;
    const id = one?.reads[reads.length];
    if (id === undefined) return void leaves.push({ reads, values, situation: one });
    const byValue = new Map<number, (typeof situations)[number][]>();
    for (const situation of situations) {
      const value = situation.values[reads.length]!;
      const there = byValue.get(value);
      if (there) there.push(situation);
      else byValue.set(value, [situation]);
    }
    const further = [...reads, id];
    for (const [value, some] of byValue) below(some, further, [...values, value]);
    if (byValue.size < cells[id]!.values.length)
      leaves.push({ reads: further, values: [...values, { noneOf: [...byValue.keys()] }], situation: undefined });
  }
}
