import type { Machine } from '@busward/core';
import type { Judges } from '../judging/judges.ts';
import { wayAlong } from './along.ts';
import type { Refined } from './bisimulation.ts';
import type { Difference, Pair, Parting, Standing, Trace } from './difference.ts';
import type { Label, Labels } from './labels.ts';
import type { Observed } from './observed.ts';
import { partingOf } from './parting.ts';
import type { ToldApart } from './telling-apart.ts';
import { traceOf, witnessOfWay } from './trace.ts';

/** Both sides of a machine, with all that it takes to tell of what was found. */
export interface Observation {
  readonly machine: Pair<Machine>;
  /** As they are, to tell of them. */
  readonly observed: Pair<Observed>;
  /** With the same traces, to look for what tells them apart. */
  readonly searched: Pair<Observed>;
  readonly judges: Pair<Judges>;
  readonly labels: Labels;
}

/** What was found, with both traces. */
export function differenceOf(
  told: ToldApart,
  { machine, observed, judges, labels }: Observation,
  isFree: (label: number) => boolean = () => false,
): Difference {
  const by = told.only[0].length > 0 ? 0 : 1;
  const other = by === 0 ? 1 : 0;
  const shows = inOrder(told.only[by])[0]!;
  const { operation } = labels.at(shows);
  const instead = inOrder(
    told.next[other].filter((label) => {
      const one = labels.at(label);
      return one.kind !== 'call' && (told.only[other].includes(label) || one.operation === operation);
    }),
  );
  const traces: [Trace, Trace] = [undefined as never, undefined as never];
  traces[by] = trace(by, shows);
  traces[other] = trace(other, instead[0]);
  return {
    machine,
    operations: told.operations,
    by,
    before: told.before.map((move) => ({
      text: labels.at(move.label).text,
      ...(move.by !== 'both' && { passedOverBy: move.by === 0 ? 1 : 0 }),
    })),
    shows: labels.at(shows).text,
    instead: instead.map((label) => labels.at(label).text),
    traces,
    standing: standingOf([traces[0].breaks, traces[1].breaks]),
  };

  function trace(side: 0 | 1, last: number | undefined): Trace {
    const own = told.before.filter((move) => move.by === 'both' || move.by === side).map(({ label }) => label);
    const all = last === undefined ? own : [...own, last];
    const way =
      side === by
        ? wayAlong(observed[side], all)
        : wayAlong(
            observed[side],
            all.filter((label) => !isFree(label)),
            isFree,
          );
    return traceOf(observed[side], judges[side], way!, last !== undefined);
  }

  function inOrder(all: readonly number[]): readonly number[] {
    return all.toSorted((x, y) => rank(labels.at(x)) - rank(labels.at(y)));
  }
}

/** The sides show different things before anything is done. */
export function differenceAtOnce({ machine, observed, judges }: Observation): Difference | undefined {
  const [first, second] = [observed[0].shows(0), observed[1].shows(0)];
  const differs = (text: string, other: readonly string[]): boolean => !other.includes(text);
  const shows = first.filter((text) => differs(text, second));
  if (shows.length === 0) return undefined;
  const traces: Pair<Trace> = [traceOf(observed[0], judges[0], [], false), traceOf(observed[1], judges[1], [], false)];
  return {
    machine,
    operations: 0,
    by: 0,
    before: [],
    shows: shows.join(', '),
    instead: second.filter((text) => differs(text, first)),
    traces,
    standing: standingOf([traces[0].breaks, traces[1].breaks]),
  };
}

/** Which side is weaker by the principles that each breaks. */
export function standingOf([first, second]: Pair<readonly string[]>): Standing {
  const more = first.some((id) => !second.includes(id));
  const less = second.some((id) => !first.includes(id));
  if (more && less) return 'incomparable';
  if (more) return 'first is weaker';
  return less ? 'second is weaker' : 'neither';
}

/** What tells most comes first. */
const rank = ({ kind }: Label): number => ['end', 'breach', 'change', 'answer', 'call'].indexOf(kind);

/** Where two sides part that have the same traces. */
export function partingToTell(refined: Refined, { machine, observed, labels }: Observation): Parting {
  const { ways, before, can } = partingOf(refined);
  const textOf = (label: number): string => labels.at(label).text;
  return {
    machine,
    operations: before.filter((label) => labels.at(label).kind === 'call').length,
    before: before.map(textOf),
    traces: [witnessOfWay(observed[0], ways[0]), witnessOfWay(observed[1], ways[1])],
    can: [can[0].map(textOf), can[1].map(textOf)],
  };
}
