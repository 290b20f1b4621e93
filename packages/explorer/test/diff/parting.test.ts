import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refining } from '../../src/diff/bisimulation.ts';
import { INTERNAL } from '../../src/diff/labels.ts';
import type { Observed } from '../../src/diff/observed.ts';
import { partingOf } from '../../src/diff/parting.ts';
import { quotientOf } from '../../src/diff/quotient.ts';
import { surelyShowTheSame } from '../../src/diff/same-traces.ts';
import { finished } from '../../src/search/watched.ts';
import { coarsest, sameTraces, union, type Lts } from './brute-force.ts';

/*
 * Where two systems part that have the same traces. No two buses that we know come out so: systems are made up here, by hand
 * and at random, and the verdict is compared with the naive partition refinement.
 */

type Steps = readonly (readonly (readonly [label: number, to: number])[])[];

const observedOf = (steps: Steps): Observed =>
  ({ size: () => steps.length, steps: (state: number) => steps[state]!.flat() }) as unknown as Observed;

const ltsOf = (steps: Steps): Lts => ({
  names: [],
  steps: steps.map((all) => all.map(([label, to]) => [label === INTERNAL ? '' : String(label), to] as const)),
});

function refinedOf(one: Steps, other: Steps) {
  const refined = finished(refining(observedOf(one), observedOf(other), 1000));
  if ('stoppedBy' in refined) throw new Error(refined.stoppedBy);
  return refined;
}

it('after the same, one has committed itself and the other has not', () => {
  // bind; then 2 or 3 may be shown. The second side has also an unseen choice of 2 alone.
  const late: Steps = [[[1, 1]], [[2, 2], [3, 2]], []]; // prettier-ignore
  const early: Steps = [[[1, 1], [1, 2]], [[2, 3], [3, 3]], [[2, 3]], []]; // prettier-ignore
  expect(sameTraces(ltsOf(late), ltsOf(early))).toBe(true);
  const refined = refinedOf(late, early);
  expect(refined.same).toBe(false);
  const { before, can, ways } = partingOf(refined);
  expect(before).toEqual([1]);
  expect(can.map((all) => all.toSorted())).toEqual([[2, 3], [2]]);
  expect(ways).toEqual([[{ state: 0, step: 0 }], [{ state: 0, step: 1 }]]);
});

// Unseen steps lead to later states, as operations end.
const systems = fc
  .array(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 3 })), { maxLength: 3 }), {
    minLength: 2,
    maxLength: 7,
  })
  .map((all): Steps => [
    ...all.map((steps, state) => steps.map(([label, ahead]) => [label, Math.min(state + ahead, all.length)] as const)),
    [],
  ]);

it('of systems made at random: bisimilar where the definition says so, and ways to where they part can be gone', () => {
  let partings = 0;
  fc.assert(
    fc.property(systems, systems, (one, other) => {
      const refined = refinedOf(one, other);
      const block = coarsest(union(ltsOf(one), ltsOf(other)));
      expect(refined.same).toBe(block[0] === block[one.length]);
      if (refined.same || !sameTraces(ltsOf(one), ltsOf(other))) return;
      partings++;
      const { ways, before, can } = partingOf(refined);
      const ends = ways.map((way, side) => {
        const steps = side === 0 ? one : other;
        let state = 0;
        const seen: number[] = [];
        for (const taken of way) {
          expect(taken.state).toBe(state);
          const [label, to] = steps[state]![taken.step]!;
          if (label !== INTERNAL) seen.push(label);
          state = to;
        }
        expect(seen).toEqual(before);
        return state;
      });
      expect(block[ends[0]!]).not.toBe(block[ends[1]! + one.length]);
      expect(can[0].toSorted()).not.toEqual(can[1].toSorted());
    }),
    { numRuns: 3000 },
  );
  expect(partings).toBeGreaterThan(0);
});

it('of systems made at random: what simulates each other has the same traces, and often enough is not bisimilar', () => {
  let sure = 0;
  fc.assert(
    fc.property(systems, systems, (one, other) => {
      const refined = refinedOf(one, other);
      if (!finished(surelyShowTheSame(quotientOf(refined), 10_000))) return;
      if (!refined.same) sure++;
      expect(sameTraces(ltsOf(one), ltsOf(other))).toBe(true);
    }),
    { numRuns: 3000 },
  );
  expect(sure).toBeGreaterThan(0);
});
