import type { Cell } from '@busward/core';
import type { At, Compiled } from '../tables/compile.ts';
import { groupBy } from '../group-by.ts';
import type { Row } from '../tables/table.ts';
import type { Parties, Party } from './parties.ts';
import { walkedBy } from './walked.ts';

/**
 * What is counted over all parties, beside what is shared: how many operations are in flight, those first that hold no lock, then those that
 * hold each; and of how many devices a cell is at some value, or whether of none, of one or of several. In order.
 */
export type Tally = readonly number[];

export interface Tallies {
  /** Those of one party, with these values of its cells and operations at these places. */
  of(party: Party, values: readonly number[], places: readonly number[]): Tally;
  /** The most that one party can have, and all of them. */
  most(party: Party): Tally;
  readonly room: Tally;
  /** Those of all parties. */
  sum(all: readonly Tally[]): Tally;
  /** Of these no more than {@link SEVERAL} are told apart: that many are as many, or more. */
  readonly isFew: readonly boolean[];
  inFlight(tally: Tally): number;
  /** A cell at one of its values counts for something. */
  counts(cell: number): boolean;
  /**
   * An operation was seen to come to a place, while what is shared went from one to the other. Whoever first comes there decides whether
   * who is there holds a lock: it is only how one counts.
   */
  comesTo(place: number, from: number, before: readonly number[], after: readonly number[]): void;
}

/** Of what a flag says there are some: none, one or several. */
export const SEVERAL = 2;
/** More than there can be. */
export const MANY = 1_000;

/**
 * Counts what is as good as known from what is shared anyway, as a walk shows (how many use the device is `owner_cnt`): then it tells
 * nearly no two states apart, and says of whom is left. What is counted does not matter for what is claimed, only for how much more is
 * allowed than can be.
 */
export function talliesOf(compiled: Compiled, { all: parties, shared, place, ofCell }: Parties): Tallies {
  const { cells, initial, slots } = compiled;
  const met = walkedBy(compiled);
  const idle = met.filter((row) => row.subarray(cells.length).every((at) => at === 0));
  const flags = shared.filter((id) => cells[id]!.values.length === 2);
  const isFirst = (row: Row, id: number): boolean => row[id] === initial[id];
  const locks = flags.filter((id) => idle.every((row) => isFirst(row, id)) && !met.every((row) => isFirst(row, id)));
  const held = new Map<number, readonly boolean[]>([[0, locks.map(() => false)]]);
  const written = writtenByOthers();
  const numbers = shared.filter((id) => cells[id]!.values.every((value) => typeof value === 'number'));
  const changes = changesOf();
  const counted = candidates().flatMap((alike) => {
    const how = howCounted(alike);
    return how ? alike.map((some) => ({ some, isFew: how === 'few' })) : [];
  });
  const counting = cells.map(() => [] as { readonly value: number; readonly tally: number }[]);
  counted.forEach(({ some }, at) => {
    for (const [id, value] of some) counting[id]!.push({ value, tally: 1 + locks.length + at });
  });
  const empty = Array.from({ length: 1 + locks.length + counted.length }, () => 0);
  const isFew = [...empty.slice(0, 1 + locks.length).map(() => false), ...counted.map((one) => one.isFew)];
  const mosts = parties.map(mostOf);

  return {
    room: mosts.reduce((sum, one) => sum.map((many, at) => many + one[at]!), empty),
    most: ({ at }) => mosts[at]!,
    isFew,
    inFlight: (tally) => tally.slice(0, 1 + locks.length).reduce((sum, many) => sum + many, 0),
    sum: (all) =>
      empty.map((_, at) => {
        const many = all.reduce((sum, tally) => sum + tally[at]!, 0);
        return isFew[at] ? Math.min(SEVERAL, many) : many;
      }),
    of(party, values, places) {
      const tally = [...empty];
      for (const at of places) tally[1 + held.get(at)!.indexOf(true)]!++;
      party.cells.forEach((id, at) => {
        for (const one of counting[id]!) if (values[at] === one.value) tally[one.tally]!++;
      });
      return tally;
    },
    counts: (cell) => counting[cell]!.length > 0,
    comesTo(to, from, before, after) {
      if (held.has(to)) return;
      held.set(
        to,
        locks.map((id, lock) => {
          const at = place[id]!;
          return after[at] === before[at] ? held.get(from)![lock]! : after[at] !== initial[id];
        }),
      );
    },
  };

  function mostOf({ cells: own }: Party): Tally {
    const tally = empty.map((_, at) => (at <= locks.length ? slots : 0));
    for (const id of own) for (const one of counting[id]!) tally[one.tally] = 1;
    return tally;
  }

  /**
   * How many are so, if whoever becomes so counts one up, and down again; whether any are, if a flag says so where nobody is in the middle
   * of anything.
   */
  function howCounted(alike: readonly Counted[]): 'how many' | 'few' | undefined {
    const some = alike.flat();
    if (some.some(([id]) => written.has(id))) return undefined;
    const of = new Map(some);
    const mine = changes.filter(({ id, to }) => of.get(id) === to || (of.has(id) && to === initial[id]));
    if (mine.length === 0) return undefined;
    if (mine.every(({ id, to, up, down }) => (to === of.get(id) ? up : down))) return 'how many';
    const told = alike.flatMap((one) => isTold(one) ?? []);
    return told.length > 0 && told.every((one) => one) ? 'few' : undefined;
  }

  /** Whether a flag says whether any are; nothing if none ever were. */
  function isTold(some: Counted): boolean | undefined {
    const are = idle.map((row) => some.some(([id, value]) => row[id] === value));
    return are.includes(true) ? flags.some((id) => idle.every((row, at) => isFirst(row, id) !== are[at])) : undefined;
  }

  /** What the steps that came up make of cells of who takes them. */
  function changesOf(): readonly Change[] {
    return parties.flatMap((party) =>
      [...stepsOf(party)].flatMap(({ table }) =>
        table.learned().flatMap(({ reads, values, entry: { writes } }) => {
          const wasOf = (id: number): number | undefined => values[reads.indexOf(id)];
          const counts = writes.flatMap((id, at) => {
            const was = at % 2 === 0 && numbers.includes(id) ? wasOf(id) : undefined;
            return was === undefined ? [] : [writes[at + 1]! - was];
          });
          return writes.flatMap((id, at) => {
            const to = writes[at + 1]!;
            if (at % 2 === 1 || ofCell[id] !== party.at || wasOf(id) === to) return [];
            return [{ id, to, up: counts.includes(1), down: counts.includes(-1) }];
          });
        }),
      ),
    );
  }

  function stepsOf(party: Party): ReadonlySet<At> {
    const steps = new Set(party.starts.map(({ first }) => first));
    for (const step of steps)
      for (const { to } of step.next) {
        const node = compiled.nodes[to];
        if (node?.kind === 'at') steps.add(node);
      }
    return steps;
  }

  /** Of each cell that every device has the values other than the first; those together that are so of users who go the same way. */
  function candidates(): readonly (readonly Counted[])[] {
    const { machine, kernel } = compiled.system;
    const { layout } = kernel;
    const of = machine.devices.flatMap(({ name }) => [
      ...fieldsOf('', '', layout.device(name)),
      ...machine.users.flatMap((user) => fieldsOf(user.through, user.name, layout.file(user.name, name))),
    ]);
    return [...groupBy(of, ({ kind }) => kind).values()].map((some) =>
      [...groupBy(some, ({ user }) => user).values()].map((mine) => mine.map(({ counted: one }) => one)),
    );
  }

  function fieldsOf(through: string, user: string, of: object) {
    return Object.entries(of as Readonly<Record<string, Cell>>).flatMap(([field, { id, values }]) =>
      values.flatMap((value, index) =>
        index === initial[id]
          ? []
          : [{ kind: `${through} ${field} ${String(value)}`, user, counted: [id, index] as const }],
      ),
    );
  }

  /** Cells of one party that another's steps write, of those that came up. */
  function writtenByOthers(): ReadonlySet<number> {
    const found = parties.flatMap((party) =>
      [...stepsOf(party)].flatMap(({ table }) =>
        table
          .learned()
          .flatMap(({ entry: { writes } }) =>
            writes.filter((id, at) => at % 2 === 0 && ofCell[id]! >= 0 && ofCell[id] !== party.at),
          ),
      ),
    );
    return new Set(found);
  }
}

/** A step made something of a cell, and counted one up or down. */
interface Change {
  readonly id: number;
  readonly to: number;
  readonly up: boolean;
  readonly down: boolean;
}

/** A cell of each device at one of its values. */
type Counted = readonly (readonly [cell: number, value: number])[];
