import type { Machine, Operation, Principle } from '@busward/core';
import { usualLimits, type Limits } from '../explore.ts';
import { finished, type Watched } from '../watched.ts';
import type { Diff, Difference, Finding, Pair, Parting } from './difference.ts';
import { comparingAllOn, comparingOn, type Compared, type Comparing, type Side } from './on-machine.ts';
import { restricting } from './restricting.ts';
import { standingOf } from './standing.ts';
import { byNumber } from './trace.ts';
import { containsUpToNames, type Done } from './up-to-names.ts';

export interface DiffOptions {
  readonly sides: Pair<Side>;
  /** Each machine as either side has it, the smallest first. */
  readonly machines: readonly Pair<Machine>[];
  readonly principles: readonly Principle[];
  /** What tells two sides apart: everything that can be seen, or only which principles are broken after the same calls. */
  readonly by?: Comparing['by'];
  /** Every essentially different difference, not only the smallest. */
  readonly all?: boolean;
  /** The first side is the second with a refinement: look whether it admits more. */
  readonly restriction?: boolean;
  /** Look for no difference of more operations. */
  readonly most?: number;
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
  const {
    sides,
    machines,
    principles,
    by = 'behaviour',
    inFlight = 2,
    limits = usualLimits,
    most = Infinity,
  } = options;
  const how: Comparing = { sides, principles, by, inFlight, limits };
  const found: { readonly difference: Difference; readonly done?: Done }[] = [];
  const breaks: Pair<Set<string>> = [new Set(), new Set()];
  let parting: Parting | undefined;
  let stoppedBy: string | undefined;
  let looked = 0;
  let states = 0;

  for (const machine of machines) {
    const compared = options.all ? yield* comparingAllOn(machine, how, most, isKnown, keep) : yield* smallest();
    states += compared.states;
    parting ??= compared.parting;
    stoppedBy = compared.stoppedBy;
    for (const side of [0, 1] as const)
      for (const { principle } of compared.explorations[side].violations) breaks[side].add(principle.id);
    if (stoppedBy !== undefined) break;
    looked++;

    function* smallest(): Watched<Omit<Compared, 'differences'>> {
      const best = found[0]?.difference.operations;
      const one = yield* comparingOn(machine, how, best === undefined ? most : best - 1);
      const [difference] = one.differences;
      if (difference) found.splice(0, 1, { difference });
      return one;
    }

    function isKnown(operations: readonly Operation[]): boolean {
      return found.some(({ done }) => done && containsUpToNames({ machine: machine[0], operations }, done));
    }

    function keep(difference: Difference, operations: readonly Operation[]): void {
      found.push({ difference, done: { machine: machine[0], operations } });
    }
  }
  const restriction = options.restriction ? yield* restricting(machines, how) : undefined;
  return {
    sides: [sides[0].name, sides[1].name],
    finding: conclude(),
    ...(restriction && { restriction }),
    principles,
    bound: boundOf(),
    machines: looked,
    states,
  };

  function conclude(): Finding {
    const [first, ...others] = found
      .map(({ difference }) => difference)
      .toSorted((a, b) => a.operations - b.operations);
    if (first) {
      const broken: Pair<readonly string[]> = [byNumber(breaks[0]), byNumber(breaks[1])];
      return {
        kind: 'different',
        differences: [first, ...others],
        smallest: stoppedBy === undefined,
        standing: standingOf(broken),
        breaks: broken,
      };
    }
    if (stoppedBy !== undefined)
      return {
        kind: 'undecided',
        covered: `stopped ${stoppedBy}, when ${looked} of ${machines.length} machines had been compared`,
      };
    return parting ? { kind: 'same outcomes, different choices', parting } : { kind: 'same' };
  }

  function boundOf(): readonly string[] {
    const seen =
      by === 'behaviour'
        ? 'seen are calls, answers, and for every device whether a kernel driver is active on it, who holds its group and which domain its hardware is on'
        : `seen are calls, and which of ${principles.map(({ id }) => id).join(' ')} are broken; a call that one side cannot make is passed over`;
    return [
      ...(options.bound ?? []),
      `${inFlight} operations in flight; any operation of the machine, by anybody, at any time`,
      ...(most === Infinity ? [] : [`nothing was looked for beyond ${most} operations`]),
      seen,
      ...(stoppedBy === undefined ? [] : [`stopped ${stoppedBy}: what was not looked at is undecided`]),
    ];
  }
}
