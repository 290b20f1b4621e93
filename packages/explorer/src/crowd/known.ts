import type { Machine } from '@busward/core';
import { sameJudges } from '../judging/judges.ts';
import { kindsOf } from '../likeness/kinds.ts';
import { shapeOf as partShape } from '../likeness/parts.ts';
import { sameTables } from '../tables/same-tables.ts';
import { drawingOf, type Drawing, type Question } from './drawing.ts';
import { isPictured, type CrowdResult, type Pictured } from './result.ts';
import { OTHERS, sketchOf, type Sketch } from './sketch.ts';

/**
 * Of the results that were `known` before, one of a sketch that differs in names only, under the same strategy, or one with the
 * same tables, if that is soon seen.
 */
export function knownCrowds(question: Question, known: readonly CrowdResult[]): CrowdResult | undefined {
  const { machine, kinds, strategy, buses, inFlight } = question;
  const sketch = sketchOf(machine, kinds, buses, inFlight, OTHERS);
  const lookOf = (of: Machine): string => partShape({ machine: of, kinds: kindsOf(of, buses, strategy) });
  const isSame = (one: Pictured): boolean =>
    one.compiled.system.kernel.strategy === strategy &&
    shapeOf(one.sketch) === shapeOf(sketch) &&
    lookOf(one.sketch.machine) === lookOf(sketch.machine);
  const same = known.filter(isPictured).find(isSame);
  if (same) return same;
  const drawing = drawingOf(question, OTHERS);
  return drawing.kind === 'drawing' ? twinOf(question, drawing, known) : undefined;
}

/** The result of the same tables; that devices of a mixed crowd are not alike, if they are not where those were. */
export function twinOf(
  { principles }: Question,
  { sketch, compiled, unlessApart }: Drawing,
  before: readonly CrowdResult[],
): CrowdResult | undefined {
  const shape = shapeOf(sketch);
  const twin = before
    .filter(isPictured)
    .find(
      (one) =>
        shapeOf(one.sketch) === shape &&
        sameJudges(one.compiled, compiled, principles) &&
        sameTables(one.compiled, compiled),
    );
  // Those of one kind act in what was the same: its tables now know every situation, in which the others have to do so, too.
  return twin && unlessApart(twin);
}

/** Which devices of the sketch are of a crowd, and whether they are all of it. */
const shapeOf = ({ machine: { devices }, crowds }: Sketch): string =>
  JSON.stringify(
    crowds.map(({ kind, actors, others }) => {
      const drawn = [...actors, ...others].map((name) => devices.findIndex((one) => one.name === name));
      return [drawn, kind.devices.length <= drawn.length];
    }),
  );
