import type { Happening, Operation, Principle } from '@busward/core';
import { startsOf, type At, type Compiled, type Start } from '../tables/compile.ts';
import type { Broken, Judges } from '../judging/judges.ts';
import { sameNumbers, type Entry, type Situation, type Table } from '../tables/table.ts';
import { askingIn } from './asking-in-between.ts';
import { concernedIn } from './concerned.ts';
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
  const concerned = concernedIn(all);
  const onlookers = onlookersOf();
  return { unmoved, seeThatNobodyMinds, seeThatNothingIsMissed };

  function seeThatNobodyMinds(judges?: Judges, isFound: IsFound = () => false): void {
    const minded = new Set<InBetween>();
    // Those who are asked take steps together, too, and come to be in between where nobody was.
    for (let size = -1; size !== all.size && minded.size === 0;) {
      size = all.size;
      for (const one of onlookers) hold(one, minded);
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
    const starts = startsOf(compiled);
    const firsts = new Set<unknown>(starts.map(({ first }) => first));
    return [
      ...starts.flatMap((start) => [
        { table: start.possible, held: none, isFine: begins(start) },
        { table: start.first.table, held: none, isFine: sees(start.first, 'first') },
      ]),
      ...nodes.flatMap((node, at) =>
        node.kind === 'at' && (before.has(at) || !firsts.has(node))
          ? [{ table: node.table, held: holds.get(at) ?? none, isFine: sees(node) }]
          : [],
      ),
    ];
  }

  function hold({ table, held, isFine }: Onlooker, minded: Set<InBetween>): void {
    concerned.tell(table, (here, one) => {
      const isBeside = held.size === 0 || ![...one.held].some((lock) => held.has(lock));
      if (isBeside && !minded.has(one) && !isFine(here, one)) minded.add(one);
    });
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

  /** What was fine is fine from then on: more is found, and never less. */
  function judge(judges: Judges, isFound: IsFound, minded: Set<InBetween>): void {
    for (const { table, devices, principle } of judges.states)
      if (!devices.every((name) => isFound(principle, name)))
        judgeBy(
          table,
          () => table,
          (broken) => devices.every((name, at) => !(broken & (1 << at)) || isFound(principle, name)),
        );
    for (const [table, { event, operations }] of eventsIn(compiled, judges))
      judgeBy(
        table,
        // Beside somebody who is in between nobody is alone.
        ({ node }) => judges.eventTable(event, operations.has((nodes[node] as At).operation)),
        (broken) => broken.every(({ principle, devices }) => devices.every((name) => isFound(principle, name))),
        operations.size,
      );

    function judgeBy<T>(
      known: Table<T>,
      tableOf: (one: InBetween) => Table<T>,
      isFine: (result: T) => boolean,
      speakers?: number,
    ): void {
      const look = (here: Situation<T>, one: InBetween): void => {
        if (minded.has(one)) return;
        const there = asking.of(tableOf(one), here, one);
        if (there?.every(({ entry }) => isFine(entry.result)) !== true) minded.add(one);
      };
      concerned.tell(known, look, speakers);
    }
  }
}

function doesAs({ next }: At, x: Entry<number>, y: Entry<number>): boolean {
  if (x.failure || y.failure || x.result < 0) return false;
  const [then, now] = [next[x.result], next[y.result]];
  if (then?.to !== now?.to || then?.error !== now?.error || !sameNumbers(x.writes, y.writes)) return false;
  return (x.events.length === 0 && y.events.length === 0) || JSON.stringify(x.events) === JSON.stringify(y.events);
}

/** Of what is said, by its table, which operations say it: some steps are the same whoever takes them. */
function eventsIn({ nodes }: Compiled, judges: Judges): ReadonlyMap<Table<readonly Broken[]>, Said> {
  const all = new Map<Table<readonly Broken[]>, Said>();
  for (const node of nodes)
    for (const { table, operation } of node.kind === 'at' ? [node] : node.starts.map(({ first }) => first))
      for (const { entry } of table.learned())
        for (const event of entry.events)
          if (judges.hears(event))
            for (const alone of [true, false]) {
              const known = judges.eventTable(event, alone);
              const said = all.get(known) ?? { event, operations: new Set() };
              all.set(known, said);
              said.operations.add(operation);
            }
  return all;
}

interface Said {
  readonly event: Happening;
  readonly operations: Set<Operation>;
}
