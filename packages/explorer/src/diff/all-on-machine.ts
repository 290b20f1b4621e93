import type { Machine, Operation } from '@busward/core';
import type { Watched } from '../search/watched.ts';
import { refining } from './bisimulation.ts';
import { determineRefined } from './determined.ts';
import type { Difference, Pair } from './difference.ts';
import { tellingAllApart } from './essentials.ts';
import { seenFrom, type Comparing } from './on-machine.ts';
import { differenceAtOnce, differenceOf, partingToTell } from './tell.ts';
import { quotientOf } from './quotient.ts';
import type { Smallest } from './smallest.ts';

/** Every scenario that tells the sides apart on one machine and from which nothing can be left out. */
export function* allOnMachine(
  machine: Pair<Machine>,
  how: Comparing,
  most: number,
  isKnown: (operations: readonly Operation[]) => boolean,
  found: (difference: Difference, operations: readonly Operation[]) => void,
): Watched<Pick<Smallest, 'parting' | 'states' | 'stoppedBy'>> {
  const { maxStates } = how.limits;
  const seen = seenFrom(machine, how, how.inFlight, how.by === 'behaviour' ? 'choices' : 'traces');
  const atOnce = how.by === 'behaviour' ? differenceAtOnce(seen) : undefined;
  if (atOnce) {
    if (!isKnown([])) found(atOnce, []);
    return { states: 0 };
  }
  const refined = yield* refining(...seen.searched, maxStates);
  const states = seen.searched[0].size() + seen.searched[1].size();
  if ('stoppedBy' in refined) return { states, stoppedBy: refined.stoppedBy };
  if (refined.same) return { states };
  let differs = false;
  const told = yield* tellingAllApart(
    ...determineRefined(quotientOf(refined), seen.searched),
    seen.labels,
    { most, maxStates, isKnown },
    (one, operations) => {
      differs = true;
      found(differenceOf(one, seen), operations);
    },
  );
  if (told.stoppedBy !== undefined) return { states, stoppedBy: told.stoppedBy };
  const isParting = how.by === 'behaviour' && told.endless && !differs;
  return { states, ...(isParting && { parting: partingToTell(refined, seen) }) };
}
