import type { Crew } from './crew.ts';
import type { Mutant } from './mutants/mutant.ts';
import type { Noticed, Rehearsal, Rehearsed } from './worker.ts';

/** What became of a mutant. */
export type Fate =
  | { readonly kind: 'noticed'; readonly by: Noticed['by']; readonly trial: string; readonly says: string }
  /** Its place is executed by no trial. */
  | { readonly kind: 'never reached' }
  /** `differed`: in so many trials other states were explored, and nobody minds. None: nothing at all is different. */
  | { readonly kind: 'survives'; readonly differed: number; readonly tried: number };

export interface Surveyed {
  readonly mutant: Mutant;
  readonly fate: Fate;
}

/** Runs every trial as it is. */
export async function rehearse(crew: Crew): Promise<readonly Rehearsal[]> {
  const trials = await crew.ask({ do: 'count' });
  return Promise.all(Array.from({ length: trials }, (_, trial) => crew.ask({ do: 'rehearse', trial })));
}

/**
 * Runs every mutant through the trials that it can make a difference in: those that decide something at its place.
 * Scenarios come first, then principles; among them those that have noticed the most for the least time.
 */
export function survey(
  crew: Crew,
  mutants: readonly Mutant[],
  rehearsals: readonly Rehearsal[],
): Promise<readonly Surveyed[]> {
  const reached = new Set(rehearsals.flatMap((one) => one.reached));
  const deciding = new Map<string, Rehearsal[]>(mutants.map(({ id }) => [id, []]));
  for (const rehearsal of rehearsals) for (const id of rehearsal.decided) deciding.get(id)?.push(rehearsal);
  const kills = rehearsals.map(() => 0);
  const worth = ({ trial, milliseconds }: Rehearsal): number => (1 + kills[trial]!) / (5 + milliseconds);

  return Promise.all(mutants.map(async (mutant) => ({ mutant, fate: await fateOf(mutant) })));

  async function fateOf({ id }: Mutant): Promise<Fate> {
    if (!reached.has(id)) return { kind: 'never reached' };
    const { noticed, differed, tried } = await crew.ask({
      do: 'attempt',
      mutant: id,
      get trials() {
        return inOrder(deciding.get(id)!);
      },
    });
    if (!noticed) return { kind: 'survives', differed, tried };
    kills[noticed.trial]!++;
    return { kind: 'noticed', by: noticed.by, trial: rehearsals[noticed.trial]!.name, says: noticed.says };
  }

  function inOrder(candidates: readonly Rehearsal[]): readonly Rehearsed[] {
    return candidates
      .toSorted((a, b) => rank(a) - rank(b) || worth(b) - worth(a))
      .map(({ trial, verdict, size }) => ({ trial, verdict, size }));
  }
}

const rank = ({ kind }: Rehearsal): number => (kind === 'scenario' ? 0 : 1);
