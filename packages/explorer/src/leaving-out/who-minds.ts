import type { Happening, Operation, Principle } from '@busward/core';
import type { At, Compiled, Start } from '../tables/compile.ts';
import type { Judges } from '../judging/judges.ts';
import { sameNumbers, type Entry, type Situation, type Table } from '../tables/table.ts';
import { askingIn } from './asking-in-between.ts';
import type { AllInBetween, InBetween } from './in-between.ts';
import type { Locking } from './locking.ts';
import type { Unmoved } from './movers.ts';
import type { Side } from './glued.ts';

/** Steps were moved, and somebody minds. */
export class Minded extends Error {
  readonly places: Readonly<Record<Side, readonly number[]>>;
  constructor(minded: ReadonlySet<InBetween>) {
    super('steps were taken together of which somebody minds what is between them');
    const of = (side: Side): readonly number[] => [...minded].flatMap((one) => (one.side === side ? [one.node] : []));
    this.places = { late: of('late'), early: of('early') };
  }
}

/** Steps were moved in a system, of which nobody is supposed to mind what is between them. */
export interface MovedSteps {
  /** But for these. */
  readonly unmoved: Unmoved;
  /**
   * Throws {@link Minded} if others do in between what they would not do in the state that is looked at for it, as far as has come up. They
   * may wait; and who is about to begin may find that there is nothing to do, as if he had not. With `judges`, also if somebody judges
   * what was not found so far.
   */
  seeThatNobodyMinds(judges?: Judges, isFound?: IsFound): void;
  /** The same at the end of a search; and if somebody judges there that a principle is broken by a device of which that was not found. */
  seeThatNothingIsMissed(judges: Judges, isFound: IsFound): void;
}

/** Whether it was found in the search that a principle is broken by a device. */
export type IsFound = (principle: Principle, device: string) => boolean;

/** Who looks at the state in a system, and which locks he holds then. */
interface Onlooker {
  readonly table: Table<unknown>;
  readonly held: ReadonlySet<number>;
  isFine(here: Situation<unknown>, one: InBetween): boolean;
  /** So many situations were held against so many states in between. */
  situations: number;
  others: number;
}

/** `compiled` has its steps moved but for those that are `unmoved`; `all` was between them, so far. */
export function movedIn(
  compiled: Compiled,
  { holds, before }: Locking,
  unmoved: Unmoved,
  all: AllInBetween,
): MovedSteps {
  const { nodes, slots } = compiled;
  const asking = askingIn(compiled);
  const onlookers = onlookersOf();
  return { unmoved, seeThatNobodyMinds, seeThatNothingIsMissed };

  function seeThatNobodyMinds(judges?: Judges, isFound: IsFound = () => false): void {
    const minded = new Set<InBetween>();
    // Those who are asked take steps together, too, and come to be in between where nobody was.
    for (let size = -1; size !== all.size && minded.size === 0;) {
      size = all.size;
      const some = changedIn(all);
      for (const one of onlookers) hold(one, some, minded);
    }
    if (judges) judge(judges, isFound, minded);
    if (minded.size > 0) throw new Minded(minded);
  }

  function seeThatNothingIsMissed(judges: Judges, isFound: IsFound): void {
    // Beside who looks, all others may be in between at once: what was asked about one is asked about the next.
    for (let isNew = true; isNew;) {
      seeThatNobodyMinds();
      isNew = asking.comeUp() && slots > 2;
    }
    const minded = new Set<InBetween>();
    do judge(judges, isFound, minded);
    while (asking.comeUp());
    if (minded.size > 0) throw new Minded(minded);
  }

  function onlookersOf(): readonly Onlooker[] {
    const none: ReadonlySet<number> = new Set();
    const counts = { situations: 0, others: 0 };
    const [idle] = nodes;
    const starts = idle?.kind === 'idle' ? idle.starts : [];
    const firsts = new Set<unknown>(starts.map(({ first }) => first));
    return [
      ...starts.flatMap((start) => [
        { ...counts, table: start.possible, held: none, isFine: begins(start) },
        { ...counts, table: start.first.table, held: none, isFine: sees(start.first, 'first') },
      ]),
      ...nodes.flatMap((node, at) =>
        node.kind === 'at' && (before.has(at) || !firsts.has(node))
          ? [{ ...counts, table: node.table, held: holds.get(at) ?? none, isFine: sees(node) }]
          : [],
      ),
    ];
  }

  /** Everything new of the table against everything, and everything against what is new. */
  function hold(onlooker: Onlooker, some: readonly InBetween[], minded: Set<InBetween>): void {
    const { table, held, isFine, situations, others } = onlooker;
    const learned = table.learned();
    for (let other = 0; other < some.length; other++) {
      const one = some[other]!;
      if (held.size > 0 && [...one.held].some((lock) => held.has(lock))) continue;
      for (let at = other < others ? situations : 0; at < learned.length && !minded.has(one); at++)
        if (concerns(one, learned[at]!) && !isFine(learned[at]!, one)) minded.add(one);
    }
    onlooker.situations = learned.length;
    onlooker.others = some.length;
  }

  function begins({ first, possible }: Start): Onlooker['isFine'] {
    return (here, one) => {
      const there = asking.of(possible, here, one);
      if (!there) return false;
      if (here.entry.result || !there.some(({ entry }) => entry.result)) return true;
      // It could not begin in the state that is looked at.
      const found = asking.of(first.table, here, one);
      return found?.every(({ entry }) => entry.result < 0 && !entry.failure) === true;
    };
  }

  function sees(node: At, isFirst?: 'first'): Onlooker['isFine'] {
    return (here, one) => {
      const there = asking.of(node.table, here, one);
      return (
        there?.every((other) => doesSo(other, one) || doesAs(node, here.entry as Entry<number>, other.entry)) === true
      );
    };

    /** It waits, or there was nothing to begin with. */
    function doesSo({ entry, reads, values }: Situation<number>, { cells, values: known }: InBetween): boolean {
      if (entry.failure) return false;
      if (entry.result < 0) return true;
      const next = node.next[entry.result];
      const { writes, events } = entry;
      const isSo = (cell: number, value: number): boolean =>
        value === (reads.includes(cell) ? values[reads.indexOf(cell)] : known[cells.indexOf(cell)]);
      if (!isFirst || next?.to !== 0 || next.error || events.length > 0) return false;
      for (let at = 0; at < writes.length; at += 2) if (!isSo(writes[at]!, writes[at + 1]!)) return false;
      return true;
    }
  }

  function judge(judges: Judges, isFound: IsFound, minded: Set<InBetween>): void {
    const some = changedIn(all);
    for (const { table, devices, principle } of judges.states)
      if (!devices.every((name) => isFound(principle, name)))
        judgeBy(
          table,
          () => table,
          (broken) => devices.every((name, at) => !(broken & (1 << at)) || isFound(principle, name)),
        );
    for (const [event, operations] of eventsIn(compiled))
      if (judges.hears(event))
        for (const alone of [true, false])
          judgeBy(
            judges.eventTable(event, alone),
            // Beside somebody who is in between nobody is alone.
            ({ node }) => judges.eventTable(event, operations.has((nodes[node] as At).operation)),
            (broken) => broken.every(({ principle, devices }) => devices.every((name) => isFound(principle, name))),
          );

    function judgeBy<T>(known: Table<T>, tableOf: (one: InBetween) => Table<T>, isFine: (result: T) => boolean): void {
      const learned = [...known.learned()];
      for (const one of some)
        for (const here of learned)
          if (!minded.has(one) && concerns(one, here)) {
            const there = asking.of(tableOf(one), here, one);
            if (there?.every(({ entry }) => isFine(entry.result)) !== true) minded.add(one);
          }
    }
  }
}

function doesAs({ next }: At, x: Entry<number>, y: Entry<number>): boolean {
  if (x.failure || y.failure || x.result < 0) return false;
  const [then, now] = [next[x.result], next[y.result]];
  if (then?.to !== now?.to || then?.error !== now?.error || !sameNumbers(x.writes, y.writes)) return false;
  return (x.events.length === 0 && y.events.length === 0) || JSON.stringify(x.events) === JSON.stringify(y.events);
}

/** But for locks, for which others wait. */
const changedIn = (all: AllInBetween): readonly InBetween[] =>
  [...all.values()].filter(({ held, cells, values, instead }) =>
    cells.some((id, at) => values[at] !== instead[at] && !held.has(id)),
  );

/** It may be a situation of a state that is looked at instead, and reads something that is otherwise in between. */
function concerns({ cells, values, instead }: InBetween, here: Situation<unknown>): boolean {
  let reads = false;
  for (let at = 0; at < cells.length; at++) {
    const read = here.reads.indexOf(cells[at]!);
    if (read < 0) continue;
    if (here.values[read] !== instead[at]) return false;
    reads ||= values[at] !== instead[at];
  }
  return reads;
}

/** What is said, and by which operations: some steps are the same whoever takes them. */
function eventsIn({ nodes }: Compiled): ReadonlyMap<Happening, ReadonlySet<Operation>> {
  const all = new Map<Happening, Set<Operation>>();
  for (const node of nodes)
    for (const { table, operation } of node.kind === 'at' ? [node] : node.starts.map(({ first }) => first))
      for (const { entry } of table.learned())
        for (const event of entry.events) all.set(event, (all.get(event) ?? new Set()).add(operation));
  return all;
}
