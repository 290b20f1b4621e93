import { assemble, hasKnownCheck, menuOf, type Bus, type Machine, type Principle, type Strategy } from '@busward/core';
import { compile, type Compiled } from '../tables/compile.ts';
import type { Limits } from '../search/explore.ts';
import { glued } from '../leaving-out/glued.ts';
import { brokenAt, judgesOf, type Judges, type StateJudge } from '../judging/judges.ts';
import { isRefined, type Kind } from '../likeness/kinds.ts';
import { lateLooks } from '../leaving-out/late-looks.ts';
import { mindedSame, mindNames } from '../likeness/minded.ts';
import { pastLooks } from '../leaving-out/past-looks.ts';
import { named, sameResults, sameTables, type Counterparts } from '../tables/same-tables.ts';
import { fromTheEnd, rearranged, turnedRound } from './mixed.ts';
import { looksOneByOne } from '../likeness/one-by-one.ts';
import { readingAlong } from './reading-along.ts';
import { apart, toldApart, type Apart, type CrowdResult, type Pictured, type Untold } from './result.ts';
import { sketchOf, type Sketch } from './sketch.ts';
import type { Table } from '../tables/table.ts';

export interface Question {
  readonly machine: Machine;
  readonly kinds: readonly Kind[];
  readonly strategy: Strategy;
  readonly buses: readonly Bus[];
  readonly principles: readonly Principle[];
  readonly inFlight: number;
  readonly limits: Limits;
  /** Leaves nothing out but what the pictures do. */
  readonly reduction?: false;
  /** Tells like users apart, and takes steps together none the less. */
  readonly usersApart?: true;
}

/** What pictures are looked for on. */
export interface Drawing {
  readonly kind: 'drawing';
  readonly sketch: Sketch;
  readonly judges: Judges;
  /** Step by step. */
  readonly single: Compiled;
  /** With steps taken together: what is searched. */
  readonly compiled: Compiled;
  /** Operations may have seen anything ({@link pastLooks}). */
  readonly isPast: boolean;
  /** Whether devices of a mixed crowd do not do the same in other places, in a situation that its tables know. */
  isApart(): boolean;
  /** What was found, unless devices turn out to be apart; if those of one kind are told apart, that is minded from now on. */
  unlessApart(found: Pictured): CrowdResult;
}

/** Whether an operation is at them is told as bits. */
const MOST_ACTING = 31;

/** Something else, if there is nothing to look for. */
export function drawingOf(question: Question, standing: number): Drawing | Untold | Apart {
  const { principles, inFlight, strategy } = question;
  const sketch = sketchOf(question.machine, question.kinds, question.buses, inFlight, standing);
  if (sketch.crowds.some(({ actors }) => actors.length < inFlight)) return apart;
  const acting = sketch.crowds.flatMap(({ actors }) => actors).length;
  if (acting > MOST_ACTING) return { kind: 'untold', because: `as ${acting} of its devices would act in a picture` };
  const ifReduced = (rewrite: Rewriting): Rewriting => (question.reduction === false ? (one) => one : rewrite);
  const [past, late] = [ifReduced(pastLooks), ifReduced(lateLooks)];
  const own = tablesOf(question, sketch);
  const ownPast = past(own);
  const others = rearranged(sketch).map((other) => late(past(tablesOf(question, other))));
  const single = readingAlong(late(ownPast), others);
  const judges = judgesOf(single.system, principles);
  const together = ifReduced((one) => glued(one, judges.seen));
  const partial = looksOneByOne(
    single,
    sketch.crowds.map(({ actors, others: rest }) => [...actors, ...rest]),
  );
  if (partial !== undefined && others.length > 0) return apart;
  if (partial !== undefined) return { kind: 'untold', because: partial };
  const compiled = together(single);
  const rearrangements = others.map(together);
  const isApart = (): boolean => !rearrangements.every((other) => sameTables(compiled, other));
  return { kind: 'drawing', sketch, judges, single, compiled, isPast: ownPast !== own, isApart, unlessApart };

  function unlessApart(found: Pictured): CrowdResult {
    if (isApart()) return apart;
    if (isToldApart()) return toldApart;
    if (isSameTurnedRound()) return found;
    if (others.length > 0) return apart;
    mindNames(strategy);
    return toldApart;
  }

  /** Core's checks and principles are, and hooks of buses see no others. */
  function isSameTurnedRound(): boolean {
    if (hasKnownCheck(strategy) && judges.ours && !isRefined(sketch.machine, question.buses)) return true;
    const other = together(late(past(tablesOf(question, turnedRound(sketch, question.machine)))));
    const becomes = named(compiled, other);
    const theirs = judges.ours ? [] : judgesOf(other.system, principles).states;
    return (
      sameTables(compiled, other, undefined, becomes) &&
      theirs.every((judge, at) => sameVerdicts(other, becomes, judges.states[at]!, judge))
    );
  }

  function isToldApart(): boolean {
    if (sketch.crowds.some(({ kind }) => !mindedSame(kind.devices, strategy))) return true;
    const end = fromTheEnd(sketch);
    if (end === sketch) return false;
    const other = together(late(past(tablesOf(question, end))));
    const isSame =
      sameTables(compiled, other) &&
      (judges.ours || sameResults(compiled, verdictsOf(judges, judgesOf(other.system, principles))));
    if (!isSame) mindNames(strategy);
    return !isSame;
  }
}

/** Whether the same devices break a principle, wherever they stand. */
function sameVerdicts(other: Compiled, becomes: Counterparts, one: StateJudge, twin: StateJudge): boolean {
  const places = one.devices.map((name) => twin.devices.indexOf(name));
  return sameResults(other, [[one.table, twin.table]], becomes, (mine, yours) => brokenAt(places, mine) === yours);
}

const verdictsOf = (one: Judges, other: Judges): readonly (readonly [Table<number>, Table<number>])[] =>
  one.states.map(({ table }, at) => [table, other.states[at]!.table]);

type Rewriting = (one: Compiled) => Compiled;

function tablesOf({ strategy, buses, inFlight }: Question, { machine, crowds }: Sketch): Compiled {
  const standing = new Set(crowds.flatMap(({ others }) => others));
  const menu = menuOf(machine).filter((one) => !('device' in one && standing.has(one.device)));
  return compile(assemble(machine, strategy, buses, { kind: 'open', inFlight, menu }));
}
