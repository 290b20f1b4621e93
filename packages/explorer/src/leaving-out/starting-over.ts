import type { Cell } from '@busward/core';
import { startsOf, type At, type Compiled, type Next } from '../tables/compile.ts';
import type { Situation } from '../tables/table.ts';
import type { InTurn } from './in-turn.ts';

/**
 * Operations that have begun, and may as well not have: from the state in which nothing is written but what is lasting they can begin,
 * steps that are late lead to the same place, and all is as it is. So they need not be in flight there. That allows more than can
 * happen, and never less: nobody has to wait for their locks meanwhile, and there is room for others.
 */
export interface StartingOver {
  /** What is looked at before an operation begins there. */
  looks(first: At): readonly Cell[];
  /** Whether one that began at `first`, and has now come to that place, may as well start over. */
  starts(first: At, place: number, now: InTurn): boolean;
}

export function startingOver(
  compiled: Compiled,
  isLate: (before: At, next: Next, here: Situation<number>) => boolean,
): StartingOver {
  const { nodes, symmetric } = compiled;
  const all = symmetric ? startsOf(compiled) : [];
  const guards = new Map(all.map(({ first, possible }) => [first, possible]));
  return { looks: (first) => guards.get(first)?.touches ?? [], starts };

  function starts(first: At, place: number, now: InTurn): boolean {
    const guard = guards.get(first);
    if (!guard) return false;
    const turn = now.again();
    if (!turn.ask(guard).entry.result) return false;
    for (let here = first; ;) {
      const situation = turn.ask(here.table);
      const { result, failure } = situation.entry;
      const after = here.next[result];
      if (failure || !after || !isLate(here, after, situation)) return false;
      turn.take(situation.entry, 'late');
      if (after.to === place)
        return [...now.written.keys(), ...turn.written.keys()].every((cell) => now.row[cell] === turn.row[cell]);
      here = nodes[after.to] as At;
    }
  }
}
