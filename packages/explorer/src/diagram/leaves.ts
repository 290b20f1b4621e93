import type { Cell } from '@busward/core';
import type { Table } from '../table.ts';

/** A way through a table: what it reads and finds, and the situation that it comes to; none if it has not come up yet. */
export interface Leaf<T> {
  readonly reads: readonly number[];
  readonly values: readonly number[];
  readonly situation: ReturnType<Table<T>['learned']>[number] | undefined;
}

/** Every way through a table, the unknown ones too. No state goes two of them, and each goes one. */
export function leavesOf<T>(table: Table<T>, cells: readonly Cell[]): readonly Leaf<T>[] {
  const leaves: Leaf<T>[] = [];
  below(table.learned(), [], []);
  return leaves;

  function below(
    situations: ReturnType<Table<T>['learned']>,
    reads: readonly number[],
    values: readonly number[],
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
    cells[id]!.values.forEach((_, value) => below(byValue.get(value) ?? [], [...reads, id], [...values, value]));
  }
}
