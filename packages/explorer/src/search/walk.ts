import type { Compiled, Start } from '../tables/compile.ts';
import type { Judges } from '../judging/judges.ts';
import { forEachMove } from '../tables/moves.ts';
import type { Row } from '../tables/table.ts';

/**
 * Walks about, as chance has it, and always the same way: tables learn most of what there is to know from that, and only in
 * states that are reached. Each walk keeps to operations that have to do with one of them, so that they meet. How far it goes
 * does not matter for what is found, only for how soon. Returns how to walk from a state.
 */
export function walker(compiled: Compiled, judges: Judges): (from: Row, steps: number) => void {
  const random = randomNumbers();
  const starts = compiled.nodes.flatMap((node) => (node.kind === 'idle' ? node.starts : []));
  const related = new Map<Start, ReadonlySet<Start>>();
  const row = compiled.initial.slice();
  return (from, steps) => {
    let here = from;
    let about: ReadonlySet<Start> | undefined;
    for (let step = 0; step < steps; step++) {
      row.set(here);
      for (const { table } of judges.states) table.at(row);
      let next: Row | undefined;
      let ways = 0;
      forEachMove(compiled, row, (move) => {
        if (move.failure || move.crashed || (move.start && about && !about.has(move.start))) return;
        // Each with the same chance, without keeping them all.
        if (random() * ++ways < 1) next = row.slice();
      });
      if (next && random() > 1 / BACK_AFTER) here = next;
      else {
        here = from;
        about = oneKind();
      }
    }
  };

  function oneKind(): ReadonlySet<Start> | undefined {
    const one = starts[Math.floor(random() * starts.length)];
    if (!one) return undefined;
    const known = related.get(one) ?? new Set(starts.filter((other) => haveToDo(one, other)));
    related.set(one, known);
    return known;
  }
}

const haveToDo = (one: Start, other: Start): boolean => {
  const touched = new Set([...one.possible.touches, ...one.first.table.touches]);
  return [...other.possible.touches, ...other.first.table.touches].some((cell) => touched.has(cell));
};

/** Steps, on average, until it begins again. */
const BACK_AFTER = 60;

/** mulberry32. */
export function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
