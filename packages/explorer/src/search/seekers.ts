import type { Principle } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import type { Limits } from './explore.ts';
import { judgesOf } from '../judging/judges.ts';
import { disagreement } from '../naive/naive.ts';
import { seekingNaively } from '../naive/naive-seek.ts';
import { seeking, type Search, type Sought } from './seek.ts';
import type { Watched } from './watched.ts';

/** An engine for scenarios: looks for an execution in which facts come together. */
export interface Seeker {
  readonly name: string;
  /** What it does, for a report. */
  readonly says: string;
  seek(compiled: Compiled, principles: readonly Principle[], sought: Sought, limits: Limits): Watched<Search>;
}

const explicit: Seeker = {
  name: 'explicit',
  says: 'breadth first over packed states, on tables',
  seek: (compiled, principles, sought, limits) =>
    seeking(compiled, judgesOf(compiled.system, principles), sought, limits),
};

/** The generators tell, and the search on tables, which knows the way, has to come to the same. */
const naive: Seeker = {
  name: 'naive',
  says: 'the generators themselves, state by state; the search on tables has to find the same, as near',
  *seek(compiled, principles, sought, limits) {
    const { system, initial, cells } = compiled;
    const search = yield* explicit.seek(compiled, principles, sought, limits);
    const { found, ...seen } = yield* seekingNaively(system, [...initial.subarray(0, cells.length)], sought, limits);
    if (seen.stoppedBy !== undefined) return { ...seen, complete: false };
    if (search.complete && (search.path?.length !== found || search.states > seen.states)) throw disagreement(system);
    return { ...search, states: seen.states, transitions: seen.transitions };
  },
};

/** Where one execution has to be followed there is nothing to choose: a diagram has sets of states, and no histories. */
const planner: Seeker = { ...explicit, name: 'planner' };

/** The first is used where none is asked for. */
export const seekers: readonly Seeker[] = [planner, explicit, naive];
