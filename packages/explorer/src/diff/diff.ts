import {
  assemble,
  menuOf,
  withCallsApart,
  type Bus,
  type Machine,
  type Principle,
  type Strategy,
  type System,
} from '@busward/core';
import { compile } from '../compile.ts';
import { usualLimits, type Limits } from '../explore.ts';
import { judgesOf, type Judges } from '../judges.ts';
import { laboratory } from '../laboratory.ts';
import { sameTables } from '../same-tables.ts';
import { finished, type Watched } from '../watched.ts';
import { wayAlong } from './along.ts';
import { refining, type Refined } from './bisimulation.ts';
import { determine } from './determined.ts';
import type { Diff, Difference, Different, Finding, Pair, Parting, Trace } from './difference.ts';
import { labelBook, type Label, type Labels } from './labels.ts';
import { observe, type Observed } from './observed.ts';
import { partingOf } from './parting.ts';
import { standingOf } from './standing.ts';
import { tellingApart, type ToldApart } from './telling-apart.ts';
import { byNumber, traceOf, witnessOfWay } from './trace.ts';

/** One of two things to compare, with everything that it takes to run a machine. */
export interface Side {
  readonly name: string;
  readonly strategy: Strategy;
  readonly buses: readonly Bus[];
}

export interface DiffOptions {
  readonly sides: Pair<Side>;
  /** Each machine as either side has it, the smallest first. */
  readonly machines: readonly Pair<Machine>[];
  readonly principles: readonly Principle[];
  /** Every essentially different difference, not only the smallest. */
  readonly all?: boolean;
  /** Operations in flight at once. */
  readonly inFlight?: number;
  readonly limits?: Limits;
  /** Which machines these are, in sentences. */
  readonly bound?: readonly string[];
}

/** Compares two sides on every machine. Throws a PluginError when a plugin's program throws where it is reached. */
export const diff = (options: DiffOptions): Diff => finished(diffing(options));

/** {@link diff} in parts. */
export function* diffing(options: DiffOptions): Watched<Diff> {
  const { sides, machines, principles, all = false, inFlight = 2, limits = usualLimits } = options;
  const kinds = new Set<string>();
  const found: Difference[] = [];
  const unequal: Pair<Machine>[] = [];
  let parting: Parting | undefined;
  let stoppedBy: string | undefined;
  let looked = 0;
  let states = 0;

  for (const machine of machines) {
    const pair = yield* compareOn(machine);
    states += pair.reduce((sum, one) => sum + one.size(), 0);
    if (stoppedBy !== undefined) break;
    looked++;
  }
  return {
    sides: [sides[0].name, sides[1].name],
    finding: yield* conclude(),
    principles,
    bound: boundOf(),
    machines: looked,
    states,
  };

  function* compareOn(machine: Pair<Machine>): Watched<Pair<Observed>> {
    const labels = labelBook();
    const systems = [0, 1].map((at) => systemOf(sides[at]!, machine[at]!, inFlight)) as [System, System];
    const compiled = systems.map((system) => compile(withCallsApart(system)));
    const pair = compiled.map((one) => observe(one, labels)) as [Observed, Observed];
    const best = all ? undefined : found[0]?.operations;
    if (best === undefined) {
      yield* visitAll(pair[0]);
      if (stoppedBy !== undefined || sameTables(compiled[0]!, compiled[1]!, 'and answers')) return pair;
    }
    unequal.push(machine);
    const telling = yield* tellingApart(determine(pair[0]), determine(pair[1]), labels, {
      most: best === undefined ? Infinity : best - 1,
      ...(all && { kindOf: (told) => kindOf(told, labels, machine) }),
      maxStates: limits.maxStates,
    });
    stoppedBy ??= telling.stoppedBy;
    const fresh = telling.found.filter((told) => {
      const kind = kindOf(told, labels, machine);
      return !kinds.has(kind) && kinds.add(kind);
    });
    if (fresh.length > 0) {
      const judges = systems.map((system) => judgesOf(system, principles)) as [Judges, Judges];
      if (!all) found.length = 0;
      found.push(...fresh.map((told) => differenceOf(told, machine, pair, judges, labels)));
    }
    if (found.length === 0 && stoppedBy === undefined && !parting) yield* lookForParting(machine, pair, labels);
    return pair;
  }

  function* visitAll(observed: Observed): Watched<void> {
    for (let state = 0; state < observed.size() && stoppedBy === undefined; state++) {
      observed.steps(state);
      if (state % 20_000 === 0)
        stoppedBy = yield { states: states + observed.size(), transitions: 0, depth: 0, bytes: 0 };
      if (observed.size() > limits.maxStates) stoppedBy ??= `after ${limits.maxStates.toLocaleString('en')} states`;
    }
  }

  function* lookForParting(machine: Pair<Machine>, pair: Pair<Observed>, labels: Labels): Watched<void> {
    const refined = yield* refining(pair[0], pair[1], limits.maxStates);
    if ('stoppedBy' in refined) stoppedBy = refined.stoppedBy;
    else if (!refined.same) parting = partingText(refined, machine, pair, labels);
  }

  function* conclude(): Watched<Finding> {
    const [first, ...others] = found.toSorted((a, b) => a.operations - b.operations);
    if (first) {
      const breaks = yield* breaksOfBoth();
      const different: Different = {
        kind: 'different',
        differences: [first, ...others],
        smallest: stoppedBy === undefined,
        standing: standingOf(breaks),
        breaks,
      };
      return different;
    }
    if (stoppedBy !== undefined)
      return {
        kind: 'undecided',
        covered: `stopped ${stoppedBy}, when ${looked} of ${machines.length} machines had been compared`,
      };
    return parting ? { kind: 'same outcomes, different choices', parting } : { kind: 'same' };
  }

  /** Whatever may be done on any of the machines on which the sides are not known to be alike. */
  function* breaksOfBoth(): Watched<Pair<readonly string[]>> {
    const labs = sides.map(({ buses }) => laboratory({ buses, principles, inFlight, limits }));
    const broken = [new Set<string>(), new Set<string>()] as const;
    for (const machine of unequal)
      for (const side of [0, 1] as const) {
        const { exploration } = yield* labs[side]!.explore(machine[side], sides[side].strategy, machine);
        for (const { principle } of exploration.violations) broken[side].add(principle.id);
      }
    return [byNumber(broken[0]), byNumber(broken[1])];
  }

  function boundOf(): readonly string[] {
    return [
      ...(options.bound ?? []),
      `${inFlight} operations in flight; any operation of the machine, by anybody, at any time`,
      'seen are calls, answers, and for every device whether a kernel driver is active on it, who holds its group and the domain its hardware is on',
      ...(stoppedBy === undefined ? [] : [`stopped ${stoppedBy}: what was not looked at is undecided`]),
    ];
  }
}

function systemOf({ strategy, buses }: Side, machine: Machine, inFlight: number): System {
  return assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: menuOf(machine) });
}

function differenceOf(
  told: ToldApart,
  machine: Pair<Machine>,
  pair: Pair<Observed>,
  judges: Pair<Judges>,
  labels: Labels,
): Difference {
  const by = told.only[0].length > 0 ? 0 : 1;
  const other = by === 0 ? 1 : 0;
  const [shows] = told.only[by].toSorted((a, b) => rank(labels.at(a)) - rank(labels.at(b)));
  const { operation } = labels.at(shows!);
  const instead = told.next[other].filter((label) => {
    const one = labels.at(label);
    return one.kind !== 'call' && (told.only[other].includes(label) || one.operation === operation);
  });
  const own = instead.toSorted((a, b) => rank(labels.at(a)) - rank(labels.at(b)))[0];
  const traces: [Trace, Trace] = [undefined as never, undefined as never];
  traces[by] = trace(by, shows);
  traces[other] = trace(other, own);
  return {
    machine,
    operations: told.operations,
    by,
    before: told.before.map(textOf),
    shows: textOf(shows!),
    instead: instead.map(textOf),
    traces,
    standing: standingOf([traces[0].breaks, traces[1].breaks]),
  };

  function textOf(label: number): string {
    return labels.at(label).text;
  }

  function trace(side: 0 | 1, last: number | undefined): Trace {
    const way = wayAlong(pair[side], last === undefined ? told.before : [...told.before, last])!;
    return traceOf(pair[side], judges[side], way, last !== undefined);
  }
}

/** What tells most comes first. */
const rank = ({ kind }: Label): number => ['end', 'change', 'answer', 'call'].indexOf(kind);

function partingText(refined: Refined, machine: Pair<Machine>, pair: Pair<Observed>, labels: Labels): Parting {
  const { ways, before, can } = partingOf(refined);
  const textOf = (label: number): string => labels.at(label).text;
  return {
    machine,
    operations: before.filter((label) => labels.at(label).kind === 'call').length,
    before: before.map(textOf),
    traces: [witnessOfWay(pair[0], ways[0]), witnessOfWay(pair[1], ways[1])],
    can: [can[0].map(textOf), can[1].map(textOf)],
  };
}

/** What makes two differences symmetric copies: what only one side can show next reads the same but for names. */
function kindOf({ only }: Pick<ToldApart, 'only'>, labels: Labels, [first, second]: Pair<Machine>): string {
  const names: [string, string][] = [
    ...first.devices.map(({ name, bus, group }, at): [string, string] => {
      const twin = second.devices[at]!;
      return [name, `<${bus}/${twin.bus}${group === undefined || twin.group === undefined ? ' without a group' : ''}>`];
    }),
    ...first.groups.map((name): [string, string] => [name, '<group>']),
    ...first.users.map(({ name, through }): [string, string] => [name, `<${through}>`]),
  ];
  const told = new RegExp(
    names
      .map(([name]) => `(?<![\\w.:])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w.])`)
      .join('|'),
    'g',
  );
  const roles = new Map(names);
  const impersonal = (label: number): string => labels.at(label).text.replaceAll(told, (name) => roles.get(name)!);
  return only.map((side) => [...new Set(side.map(impersonal))].toSorted().join(' | ')).join(' <> ');
}
