import { chargedWith } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import { countingIn, type Broken, type Judges } from './judges.ts';
import { isAlone, throwUnlessOutOfRange, type Move } from '../tables/moves.ts';
import type { Row } from '../tables/table.ts';

/**
 * What a move breaks by itself, beside what the state breaks that it leads to. Throws what a plugin threw; a count that leaves its
 * range is no error, but breaks P4 and is not followed.
 */
export function brokenBy(compiled: Compiled, judges: Judges, move: Move, after: Row): readonly Broken[] {
  if (move.failure) {
    throwUnlessOutOfRange(compiled, move, move.failure);
    const counting = countingIn(judges);
    const { machine } = compiled.system.kernel;
    return counting ? [{ principle: counting, devices: chargedWith(machine, move.at.operation) }] : [];
  }
  if (move.events.length === 0) return nothing;
  const alone = isAlone(compiled, after, move);
  return move.events.flatMap((event) => judges.atEvent(event, after, alone));
}

const nothing: readonly Broken[] = [];
