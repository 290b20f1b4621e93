import { ANSWER, CALL } from '@busward/core';
import { brokenBy } from '../judging/broken-by.ts';
import { byNumber, type Judges } from '../judging/judges.ts';
import { forEachMove } from '../tables/moves.ts';
import { witnessAlong, type Witness, type WitnessStep } from '../witness/witness.ts';
import { turnsOf, type Taken } from './along.ts';
import type { Trace } from './difference.ts';
import type { Observed } from './observed.ts';

/** A way as people read it, with the principles that are broken on it. `differs`: its last step is where the sides part. */
export function traceOf(observed: Observed, judges: Judges, way: readonly Taken[], differs: boolean): Trace {
  const { witness, placeOf } = told(observed, way);
  return {
    witness,
    differsAt: differs ? placeOf(way.length - 1) : witness.steps.length,
    breaks: brokenAlong(observed, judges, way),
  };
}

/** A way without the steps that only call and answer: an operation starts with its first own step, and ends with its last. */
export const witnessOfWay = (observed: Observed, way: readonly Taken[]): Witness => told(observed, way).witness;

function told(observed: Observed, way: readonly Taken[]) {
  const { machine, steps } = witnessAlong(observed.compiled, turnsOf(observed, way));
  const kept: WitnessStep[] = [];
  const places: number[] = [];
  const lastOf = new Map<number, number>();
  steps.forEach((step, at) => {
    const last = lastOf.get(step.lane);
    if (step.call === ANSWER && last !== undefined) {
      const { result, before } = step;
      kept[last] = { ...kept[last]!, after: [...kept[last]!.after, ...before], ...(result && { result }) };
      places[at] = last;
      return;
    }
    const goesOn = step.call === CALL && steps.some((one, later) => later > at && one.lane === step.lane);
    if (goesOn) return;
    const starts = !lastOf.has(step.lane);
    places[at] = kept.push({ ...step, starts }) - 1;
    lastOf.set(step.lane, places[at]);
  });
  // A call that was left out stands at the first step of its operation.
  const placeOf = (at: number): number => places[at] ?? kept.findIndex(({ lane }) => lane === steps[at]!.lane);
  return { witness: { machine, steps: kept }, placeOf };
}

function brokenAlong({ compiled }: Observed, judges: Judges, way: readonly Taken[]): readonly string[] {
  const broken = new Set<string>();
  const row = compiled.initial.slice();
  judgeState();
  for (const { step } of way) {
    const after = row.slice();
    forEachMove(compiled, row, (move) => {
      if (move.number !== step) return;
      after.set(row);
      for (const { principle } of brokenBy(compiled, judges, move, row)) broken.add(principle.id);
    });
    row.set(after);
    judgeState();
  }
  return [...broken].toSorted(byNumber);

  function judgeState(): void {
    for (const { principle, table } of judges.states) if (table.at(row).result !== 0) broken.add(principle.id);
  }
}
