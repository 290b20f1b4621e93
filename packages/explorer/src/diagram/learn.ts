import type { Row, Table } from '../tables/table.ts';
import type { Workshop } from './apply.ts';
import { NOTHING } from './forest.ts';
import type { Asked } from './leaves.ts';
import { meet } from './meet.ts';
import { DONE, type Case } from './rules.ts';
import type { Source } from './sources.ts';
import { anyState } from './states.ts';

/** Asks the tables of a source of every situation in `set`. Returns a state for each that nobody had asked for. */
export function newIn(workshop: Workshop, set: number, { from, start, step }: Source): readonly Row[] {
  const { values, rules, steps } = workshop;
  const fresh: Row[] = [];
  const here: Case = { reads: [], values: [], writes: [], leaves: from, enters: from, end: DONE };
  const where = (situations: readonly Asked[]): number =>
    steps.apply(set, rules.any(situations.map(({ reads, values: found }) => ({ ...here, reads, values: found }))));
  const ask = (table: Table<unknown>, some: number): void => {
    if (some === NOTHING) return;
    let known = table.learned().length;
    meet(workshop, some, table, (situation) => {
      if (table.learned().length > known) fresh.push(values.rowOf(anyState(workshop, where([situation]))));
      known = table.learned().length;
      return true;
    });
  };
  const taken = where([{ reads: [], values: [] }]);
  if (start) ask(start.possible, taken);
  ask(step.table, start ? where(start.possible.learned().filter(({ entry }) => entry.result)) : taken);
  return fresh;
}
