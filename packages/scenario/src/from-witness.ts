import { describeOperation, type Bus } from '@busward/core';
import type { Witness } from '@busward/explorer';
import type { Actor } from './scenario.ts';
import { writeScenario, type Draft } from './write.ts';

/**
 * A scenario file of what a search has found: the witness's operations, those in flight together by different actors,
 * and the facts that it shows.
 */
export function scenarioOfWitness(
  witness: Witness,
  said: Pick<Draft, 'question' | 'before' | 'facts' | 'kind' | 'expect'> & { readonly source: string },
  buses: readonly Bus[],
): string {
  const { source, ...rest } = said;
  return writeScenario({ ...rest, sources: [source], machine: witness.machine, actors: actorsOf(witness) }, buses);
}

/** The operations of a witness in order of their start. */
export function operationsOf({ steps }: Witness): readonly Actor['operations'][number][] {
  return steps.filter(({ starts }) => starts).map(({ operation }) => operation);
}

/** As few actors as have never two operations in flight; named by a letter. */
function actorsOf({ steps }: Witness): readonly Actor[] {
  const actors: { name: string; operations: Actor['operations'][number][]; busyWith?: number }[] = [];
  for (const { lane, starts, operation, result } of steps) {
    if (starts) {
      let free = actors.find(({ busyWith }) => busyWith === undefined);
      if (!free) actors.push((free = { name: `actor ${String.fromCharCode(97 + actors.length)}`, operations: [] }));
      free.operations.push(operation);
      free.busyWith = lane;
    }
    const done = result === undefined ? undefined : actors.find(({ busyWith }) => busyWith === lane);
    if (done) delete done.busyWith;
  }
  return actors;
}

/** Operations that overlap in the witness, in words; none if one after the other does it. */
export function overlapping({ steps }: Witness): readonly string[] {
  const open = new Map<number, string>();
  const found = new Set<string>();
  for (const { lane, starts, operation, result } of steps) {
    if (starts) {
      for (const other of open.values()) found.add(`${other} and ${describeOperation(operation)}`);
      open.set(lane, describeOperation(operation));
    }
    if (result !== undefined) open.delete(lane);
  }
  return [...found];
}
