import type { Surveyed } from './survey.ts';
import type { Excused } from './survivors.ts';

/** What was found, held against what is listed. */
export interface Reconciled {
  /** Nothing notices them, and nobody has said why. */
  readonly unlisted: readonly Surveyed[];
  /** They are listed, and noticed by now, or no longer in the code. */
  readonly stale: readonly string[];
  readonly excused: readonly { readonly because: string; readonly found: readonly Surveyed[] }[];
}

/** `all`: every mutant was surveyed, so that what is listed and was not is stale. */
export function reconcile(surveyed: readonly Surveyed[], listed: readonly Excused[], all: boolean): Reconciled {
  const unnoticed = new Map(surveyed.filter(({ fate }) => fate.kind !== 'noticed').map((one) => [one.mutant.id, one]));
  const known = new Set(surveyed.map(({ mutant }) => mutant.id));
  const ids = listed.flatMap(({ mutants }) => mutants);
  return {
    unlisted: [...unnoticed.values()].filter(({ mutant }) => !ids.includes(mutant.id)),
    stale: ids.filter((id) => !unnoticed.has(id) && (all || known.has(id))),
    excused: listed
      .map(({ because, mutants }) => ({ because, found: mutants.flatMap((id) => unnoticed.get(id) ?? []) }))
      .filter(({ found }) => found.length > 0),
  };
}
