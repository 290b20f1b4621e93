import { count, type Machine, type Operation, type Principle } from '@busward/core';
import { usualLimits, type Limits } from '../search/explore.ts';
import { finished, type Watched } from '../search/watched.ts';
import { allOnMachine } from './all-on-machine.ts';
import type { Diff, Difference, Finding, Pair, Parting, Restriction } from './difference.ts';
import { exploringBoth, type Comparing, type Explored, type Side } from './on-machine.ts';
import { restricting } from './restricting.ts';
import { smallestOn } from './smallest.ts';
import { standingOf } from './tell.ts';
import { containsUpToNames, type Done } from './up-to-names.ts';
import { byNumber } from '../judging/judges.ts';

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
  /** Why these are not all the machines that were asked for. */
  readonly stoppedBy?: string;
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
  const unlike: Pair<Machine>[] = [];
  let parting: Parting | undefined;
  let { stoppedBy } = options;
  /** Counts that left their range where nobody judges it: what comes after that was not looked at. */
  const notFollowed = new Set<string>();
  let compared = 0;
  let states = 0;
  /** What had been looked for when it was stopped. */
  let covered = '';

  for (const machine of stoppedBy === undefined ? machines : []) {
    const explored = yield* exploringBoth(machine, how);
    states += explored.states;
    if (mayDiffer(explored)) unlike.push(machine);
    for (const side of [0, 1] as const) {
      const { violations, overflow } = explored.explorations[side];
      for (const { principle } of violations) breaks[side].add(principle.id);
      if (overflow !== undefined) notFollowed.add(`not followed, where P4 is not judged: ${overflow}`);
    }
    stoppedBy = explored.stoppedBy;
    if (stoppedBy !== undefined) break;
    compared++;
  }
  yield* options.all ? every() : smallest();
  // Where the tables are the same there is nothing to look for.
  const looked = options.restriction ? yield* restricting(unlike, how) : undefined;
  // Of machines that were not explored nothing is known.
  const restriction: Restriction | undefined =
    looked?.kind === 'admits nothing more' && compared < machines.length ? { kind: 'undecided' } : looked;
  return {
    sides: [sides[0].name, sides[1].name],
    finding: conclude(),
    ...(restriction && { restriction }),
    principles,
    bound: boundOf(),
    machines: compared,
    states,
  };

  /** Of principles, only where one of them is broken at all. */
  function mayDiffer({ alike, explorations, stoppedBy: stopped }: Explored): boolean {
    if (alike) return false;
    return by === 'behaviour' || stopped !== undefined || explorations.some(({ violations }) => violations.length > 0);
  }

  function* smallest(): Watched<void> {
    const one = yield* smallestOn(unlike, how, most);
    states += one.states;
    if (one.difference) found.push({ difference: one.difference });
    parting = one.parting;
    if (one.stoppedBy === undefined) return;
    stoppedBy ??= one.stoppedBy;
    if (one.operations > 0)
      covered = `no scenario of up to ${one.operations === 1 ? 'one operation' : `${one.operations} operations`} tells them apart on those; longer ones were not all looked at`;
  }

  function* every(): Watched<void> {
    for (const [at, machine] of unlike.entries()) {
      const isKnown = (operations: readonly Operation[]): boolean =>
        found.some(({ done }) => done && containsUpToNames({ machine: machine[0], operations }, done));
      const one = yield* allOnMachine(machine, how, most, isKnown, (difference, operations) => {
        found.push({ difference, done: { machine: machine[0], operations } });
      });
      states += one.states;
      parting ??= one.parting;
      if (one.stoppedBy === undefined) continue;
      stoppedBy ??= one.stoppedBy;
      covered = `on machine ${at + 1} of ${unlike.length} that are not alike`;
      return;
    }
  }

  function conclude(): Finding {
    const [first, ...others] = found
      .map(({ difference }) => difference)
      .toSorted((a, b) => a.operations - b.operations);
    if (first) {
      const broken: Pair<readonly string[]> = [[...breaks[0]].toSorted(byNumber), [...breaks[1]].toSorted(byNumber)];
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
        covered: [`a search was stopped ${stoppedBy}`, `${compared} of ${machines.length} machines explored`, covered]
          .filter((part) => part !== '')
          .join(', '),
      };
    // Where behaviour is compared it is seen, and nothing that is seen comes after it.
    if (by === 'principles' && notFollowed.size > 0) return { kind: 'undecided', covered: [...notFollowed].join(', ') };
    if (parting) return { kind: 'same outcomes, different choices', parting };
    return { kind: 'same', ...(by === 'principles' && { by: principles.map(({ id }) => id) }) };
  }

  function boundOf(): readonly string[] {
    const seen =
      by === 'behaviour'
        ? 'seen are calls, answers, and for every device whether a kernel driver is active on it, who holds its group and which domain its hardware is on'
        : `seen are calls, and which of ${principles.map(({ id }) => id).join(' ')} are broken; a call that one side cannot make is passed over`;
    return [
      ...(options.bound ?? []),
      `${count(inFlight, 'operation')} in flight; any operation of the machine, by anybody, at any time`,
      ...(most === Infinity ? [] : [`nothing was looked for beyond ${count(most, 'operation')}`]),
      seen,
      ...notFollowed,
      ...(stoppedBy === undefined ? [] : [`a search was stopped ${stoppedBy}: what was not looked at is undecided`]),
    ];
  }
}
