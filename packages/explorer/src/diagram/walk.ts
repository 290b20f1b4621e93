import type { Compiled } from '../compile.ts';
import type { Judges } from '../judges.ts';
import { forEachMove } from '../moves.ts';
import type { Row } from '../table.ts';

/**
 * Walks about, as chance has it, and always the same way: the tables learn most of what there is to know from that, and
 * only situations that are reached. How far does not matter for what is found, only for how soon.
 */
export function walkAbout(compiled: Compiled, judges: Judges, steps: number): void {
  const random = randomNumbers();
  const row = compiled.initial.slice();
  let here = compiled.initial;
  for (let step = 0; step < steps; step++) {
    row.set(here);
    for (const { table } of judges.states) table.at(row);
    let next: Row | undefined;
    let ways = 0;
    forEachMove(compiled, row, (move) => {
      // Each with the same chance, without keeping them all.
      if (move.failure || move.crashed || random() * ++ways >= 1) return;
      next = row.slice();
    });
    here = next && random() > 1 / BACK_AFTER ? next : compiled.initial;
  }
}

/** Steps, on average, until it begins again. */
const BACK_AFTER = 60;

/** mulberry32. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
