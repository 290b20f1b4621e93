import { blamedOn, OutOfRange, PluginError, type Cell, type Cells, type Happening } from '@busward/core';

/** A state: for each cell the index of its value, then for each slot the node it is at. */
export type Row = Uint16Array;

/** What a pure function of the state did in one local situation. */
export interface Entry<T> {
  readonly result: T;
  /** Cell, value, cell, value, ... */
  readonly writes: readonly number[];
  readonly events: readonly Happening[];
  /** A cell would have left its range, or the function threw. */
  readonly failure?: Error;
}

/** A pure function of cells, called once for every local situation that comes up. */
export interface Table<T> {
  at(row: Row): Entry<T>;
  /** What it would read in this state, and what it does then. */
  situation(row: Row): Situation<T>;
  /** The same of a state that need not come up. */
  asked(row: Row): Situation<T>;
  /** Every situation that has come up. */
  learned(): readonly Situation<T>[];
  /** Those, and every other one that it was asked in. */
  known(): readonly Situation<T>[];
  /** All that it may read. */
  readonly touches: readonly Cell[];
}

export interface Situation<T> {
  readonly reads: readonly number[];
  readonly values: readonly number[];
  readonly entry: Entry<T>;
}

/**
 * Tabulates `evaluate`. The table is the tree of what the function reads: it is asked again only where it would read
 * something new. It is called twice each time and has to do the same both times, as have others that are said to be the same one.
 */
export function tabulate<T>(
  what: string,
  all: readonly Cell[],
  touches: readonly Cell[],
  evaluate: (cells: Cells) => T,
  writes: readonly Cell[] = touches,
  /** What is called along and compared. */
  again: readonly ((cells: Cells) => T)[] = [evaluate],
  /** Buses whose refinement may be called along. */
  refined: () => readonly string[] = () => [],
): Table<T> {
  // Made where it is first asked: many tables never are.
  let allowed: { readonly toTouch: ReadonlySet<number>; readonly toWrite: ReadonlySet<number> } | undefined;
  return derived(what, all, touches, (row) => {
    const first = run(evaluate, row);
    for (const same of again)
      if (!didSame(first, run(same, row)))
        throw new PluginError(
          writes.length === 0
            ? `${what}: gave two answers in one state; it may depend on nothing but what it is shown`
            : `${what} did two things in one situation; it${orRefinementOf(refined())} may depend on nothing but the state, ` +
                `and two sections that differ need two names`,
        );
    return first;
  });

  function allowedOf(): NonNullable<typeof allowed> {
    const toTouch = new Set(touches.map((cell) => cell.id));
    return { toTouch, toWrite: writes === touches ? toTouch : new Set(writes.map((cell) => cell.id)) };
  }

  function run(one: (cells: Cells) => T, row: Row): Asked<T> {
    const reads: number[] = [];
    const written = new Map<number, number>();
    const events: Happening[] = [];
    const { toTouch, toWrite } = (allowed ??= allowedOf());
    const check = (cell: Cell, among: ReadonlySet<number>): void => {
      if (!among.has(cell.id))
        throw new PluginError(`${what} touches ${cell.name}, which is not among the cells it declares`);
    };
    const cells: Cells = {
      get<U>(cell: Cell<U>): U {
        check(cell, toTouch);
        const value = written.get(cell.id);
        if (value !== undefined) return cell.values[value]!;
        if (!reads.includes(cell.id)) reads.push(cell.id);
        return cell.values[row[cell.id]!]!;
      },
      set(cell, value) {
        check(cell, toWrite);
        const at = cell.values.indexOf(value);
        if (at < 0) throw new OutOfRange(cell, value);
        written.set(cell.id, at);
      },
      emit: (event) => void events.push(event),
    };
    try {
      const result = one(cells);
      const wrote: number[] = [];
      for (const [id, value] of written) wrote.push(id, value);
      return { reads, entry: { result, writes: wrote, events } };
    } catch (error) {
      if (error instanceof PluginError) throw blamedOn(what, error);
      const failure = error instanceof Error ? error : new Error(String(error));
      return { reads, entry: { result: undefined as T, writes: [], events: [], failure } };
    }
  }
}

const orRefinementOf = (buses: readonly string[]): string =>
  buses.length === 0 ? '' : `, or the refinement of bus ${buses.map((bus) => `'${bus}'`).join(' or ')},`;

/** A table of what other tables know: `ask` says what is read of a state, in turn, and what comes of it. */
export function derived<T>(
  what: string,
  all: readonly Cell[],
  touches: readonly Cell[],
  ask: (row: Row) => Asked<T>,
): Table<T> {
  const situations: Situation<T>[] = [];
  const cameUp: Situation<T>[] = [];
  const onlyAsked = new Set<Situation<T>>();
  // A node is the cell to read, then one child per value of it: 0 is unknown, -n is situation n - 1, n the node at n.
  const tree: number[] = [0];

  return {
    at: (row) => situation(row).entry,
    situation,
    asked(row) {
      const known = find(row);
      if (known) return known;
      const here = learn(row);
      onlyAsked.add(here);
      return here;
    },
    learned: () => cameUp,
    known: () => situations,
    touches,
  };

  function situation(row: Row): Situation<T> {
    const known = find(row);
    const here = known ?? learn(row);
    if (!known || (onlyAsked.size > 0 && onlyAsked.delete(here))) cameUp.push(here);
    return here;
  }

  function find(row: Row): Situation<T> | undefined {
    let node = tree[0]!;
    while (node > 0) node = tree[node + 1 + row[tree[node]!]!]!;
    return node < 0 ? situations[-node - 1]! : undefined;
  }

  function learn(row: Row): Situation<T> {
    const { reads, entry } = ask(row);
    let at = 0;
    for (const id of reads) {
      const next = tree[at]!;
      if (next <= 0) {
        tree[at] = tree.length;
        tree.push(id);
        for (let value = 0; value < all[id]!.values.length; value++) tree.push(0);
      }
      const node = tree[at]!;
      if (tree[node] !== id) throw new PluginError(`${what} reads one thing now and another then in one situation`);
      at = node + 1 + row[id]!;
    }
    const here = { reads, values: reads.map((id) => row[id]!), entry };
    situations.push(here);
    tree[at] = -situations.length;
    return here;
  }
}

/** What was read of a state, in this order, and what came of it. */
export interface Asked<T> {
  readonly reads: readonly number[];
  readonly entry: Entry<T>;
}

/** What is read of one state where it is asked for all of these, in turn. */
export const allRead = (situations: readonly Situation<unknown>[]): readonly number[] => [
  ...new Set(situations.flatMap(({ reads }) => reads)),
];

function didSame<T>({ reads, entry }: Asked<T>, other: Asked<T>): boolean {
  return (
    sameNumbers(reads, other.reads) &&
    sameNumbers(entry.writes, other.entry.writes) &&
    JSON.stringify(entry.failure) === JSON.stringify(other.entry.failure) &&
    (entry.result === other.entry.result || JSON.stringify(entry.result) === JSON.stringify(other.entry.result)) &&
    ((entry.events.length === 0 && other.entry.events.length === 0) ||
      JSON.stringify(entry.events) === JSON.stringify(other.entry.events))
  );
}

/** Spelled out: this is asked of every situation that is met. */
export function sameNumbers(one: readonly number[], other: readonly number[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
