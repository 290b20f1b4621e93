import { chargedWith, OutOfRange, type Happening, type Principle } from '@busward/core';
import type { At, Compiled } from '../tables/compile.ts';
import { countingIn, type Judges } from '../judging/judges.ts';
import { readersSoFar } from '../judging/readers.ts';
import type { Row } from '../tables/table.ts';
import { ASKS, JUDGES, LEAF, MOST_ASKS } from './record.ts';
import type { Trees } from './trees.ts';

/** What the search has to be told of; less and less of it is open. */
export interface Open {
  /** Devices of a judge, as bits, that it has not found yet. */
  ofJudge(judge: number): number;
  /** Whether one of the devices is not known to take part in breaking the principle. */
  has(principle: Principle, devices: readonly string[]): boolean;
  /** How much has been told: when it grows, less is open. */
  readonly found: number;
  /** A count that leaves its range where P4 is not judged would be news. */
  readonly overflow: boolean;
}

/** What principles say of states and events, in linear memory. */
export interface Verdicts {
  /** The judges behind each number that a successor asks for. */
  readonly asks: readonly (readonly number[])[];
  /** The number of the judges that read one of the cells that are changed, in the order in which JavaScript asks them. */
  askAfter(writes: readonly number[], changed: readonly number[]): number;
  /** The address of a list of what principles say of the events: for each a tree where nobody else is under way, and one. */
  listOf(events: readonly Happening[]): number;
  teachJudge(judge: number, row: Row): void;
  /** Writes what is said of the events in the state after; false if all was there. */
  teachEvents(events: readonly Happening[], alone: boolean, after: Row): boolean;
  /** Writes into `address` whether one of the failures is still to be told, now and whenever less is open. */
  watch(address: number, failures: readonly Failure[]): void;
  /** Writes again what depends on what is open, if that has become less. */
  refresh(): void;
}

interface Failure {
  readonly step: At;
  readonly thrown: Error;
}

/** `maskOf` gives the bits of cells, for each pair of words. */
export function verdictsIn(
  trees: Trees,
  view: Int32Array,
  { system }: Compiled,
  judges: Judges,
  open: Open,
  maskOf: (cells: readonly number[]) => readonly bigint[],
): Verdicts {
  const asks: (readonly number[])[] = [];
  // When each of them is asked: cells that are written, and those that are changed.
  const occasions: { readonly writes: readonly number[]; readonly changed: readonly number[] }[] = [];
  const numbers = new Map<string, number>();
  const roots = new Map<unknown, number>();
  const readers = readersSoFar(judges.states, system);
  const declared = judges.seen;
  const depending: (() => void)[] = judges.states.map(
    (_, judge) => () => trees.put(JUDGES + 8 * judge + 4, open.ofJudge(judge)),
  );
  let known = open.found;
  for (const write of depending) write();
  readers.catchUp();
  askFor([], []);

  return {
    asks,
    askAfter(writes, changed) {
      return changed.some((cell) => declared.has(cell)) ? askFor(writes, changed) : 0;
    },
    listOf(events) {
      if (events.length === 0) return 0;
      const both = events.flatMap((event) => [true, false].map((alone) => rootOf(event, alone)));
      return trees.shared(`events ${both.join()}`, () => {
        const at = trees.list(events.length, 8);
        both.forEach((root, one) => trees.put(at + 4 + 4 * one, root));
        return at;
      });
    },
    teachJudge(judge, row) {
      const situation = judges.states[judge]!.table.situation(row);
      const { result } = situation.entry;
      trees.insert(JUDGES + 8 * judge, situation, () => trees.shared(`answer ${result}`, () => leaf(result)));
      catchUp();
    },
    teachEvents(events, alone, after) {
      const taught = events.map((event) => {
        const situation = judges.eventTable(event, alone).situation(after);
        const isOpen = (): boolean =>
          situation.entry.result.some(({ principle, devices }) => open.has(principle, devices));
        return trees.insert(rootOf(event, alone), situation, () => {
          const at = leaf(0);
          keep(at, isOpen);
          return at;
        });
      });
      return taught.includes(true);
    },
    watch(address, failures) {
      keep(address, () => failures.some(isOpenFailure));
    },
    refresh() {
      catchUp();
      if (open.found === known) return;
      known = open.found;
      for (const write of depending) write();
    },
  };

  function keep(address: number, says: () => boolean): void {
    const write = (): void => trees.put(address, says() ? 1 : 0);
    write();
    depending.push(write);
  }

  function leaf(says: number): number {
    const at = trees.room(LEAF.bytes);
    trees.put(at, says);
    return at;
  }

  function rootOf(event: Happening, alone: boolean): number {
    const table = judges.eventTable(event, alone);
    let root = roots.get(table);
    if (root === undefined) roots.set(table, (root = trees.room(8)));
    return root;
  }

  /** What leaves its range is told once for everybody who is charged with it; anything else always. */
  function isOpenFailure({ step, thrown }: Failure): boolean {
    if (!(thrown instanceof OutOfRange)) return true;
    const counting = countingIn(judges);
    if (!counting) return open.overflow;
    return open.has(counting, chargedWith(system.kernel.machine, step.operation));
  }

  function askFor(writes: readonly number[], changed: readonly number[]): number {
    const key = [writes, changed].map((some) => [...new Set(some.map(readers.role))].join()).join(' ');
    const old = numbers.get(key);
    if (old !== undefined) return old;
    if (occasions.length === MOST_ASKS) {
      trees.full = true;
      return 0;
    }
    const number = occasions.push({ writes, changed }) - 1;
    numbers.set(key, number);
    writeAsk(number);
    return number;
  }

  /** What was kept for a list is not found for another, so that no judge is left out who reads more by now. */
  function catchUp(): void {
    if (readers.catchUp()) for (let number = 0; number < occasions.length; number++) writeAsk(number);
  }

  function writeAsk(number: number): void {
    const { writes, changed } = occasions[number]!;
    const some = new Set(changed.flatMap(readers.of));
    const asked = [...new Set(writes.flatMap(readers.of))].filter((one) => some.has(one));
    const read = maskOf([...new Set(asked.flatMap(readers.readBy))]);
    const list = trees.shared(`ask ${asked.join()} ${read.join()}`, () => {
      const at = trees.list(asked.length, 4, 8 * read.length);
      asked.forEach((judge, one) => trees.put(at + 4 + 4 * one, JUDGES + 8 * judge));
      read.forEach((bits, pair) => trees.putWide(view[at >> 2]! + 8 * pair, bits));
      return at;
    });
    asks[number] = asked;
    trees.put(ASKS + 4 * number, list);
  }
}
