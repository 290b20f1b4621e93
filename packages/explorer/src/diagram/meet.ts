import type { Cell } from '@busward/core';
import type { Entry, Table } from '../table.ts';
import type { Workshop } from './apply.ts';
import { leavesOf } from './leaves.ts';
import { endsIn, stepIn } from './states.ts';

/**
 * Asks a table of every state of `set`, once for each situation that comes up there. `wanted` says of an answer what it is
 * worth telling for, '' for nothing; `tell` hears of each once, with a state that it holds in, and says whether to go on.
 */
export function meet<T>(
  workshop: Workshop,
  set: number,
  table: Table<T>,
  cells: readonly Cell[],
  wanted: (entry: Entry<T>) => string,
  tell: (entry: Entry<T>, state: readonly number[]) => boolean,
): void {
  const { chains, values } = workshop;
  for (;;) {
    const ends = new Map<string, number>();
    const told = new Map<number, Entry<T>>();
    const unknown = new Map<number, number>();
    const all = leavesOf(table, cells).flatMap(({ reads, values: found, situation }): readonly number[] => {
      const what = { reads, values: found, writes: [], leaves: -1, enters: -1 };
      if (!situation) {
        const end = chains.end();
        const chain = chains.add(what, end);
        unknown.set(end, chain);
        return [chain];
      }
      const key = wanted(situation.entry);
      if (key === '') return [];
      const end = ends.get(key) ?? chains.end();
      ends.set(key, end);
      told.set(end, situation.entry);
      return [chains.add(what, end)];
    });
    const some = chains.set(all);
    let learned = false;
    for (const end of endsIn(workshop, set, some)) {
      const entry = told.get(end);
      if (entry) {
        const telling = chains.set(all.filter((chain) => chains.endOf(chain) === end));
        if (wanted(entry) !== '' && !tell(entry, stepIn(workshop, set, telling)!.before)) return;
      } else {
        table.at(values.rowOf(stepIn(workshop, set, chains.set([unknown.get(end)!]))!.before));
        learned = true;
      }
    }
    if (!learned) return;
  }
}
