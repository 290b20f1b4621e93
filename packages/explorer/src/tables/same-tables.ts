import type { Cell } from '@busward/core';
import { startsOf, type Compiled, type Next, type Node } from './compile.ts';
import { pairedEvents } from './same-events.ts';
import { sameWrites } from './same-writes.ts';
import { situationsIn, type SituationsOf } from './situations.ts';
import type { Entry, Situation, Table } from './table.ts';

/**
 * Whether `other` is sure to behave like `explored` in every state that `explored` reaches. Walks both from their
 * initial places: in every situation that came up, the steps of both write and say the same, whatever else `other` reads,
 * and lead to places that are alike in turn. The pairs of places are then a bisimulation, so one exploration answers for
 * both. Names of operations and of devices are not looked at, nor results unless `strictly` says so: no principle is
 * judged on them.
 */
export function sameTables(
  explored: Compiled,
  other: Compiled,
  strictly?: 'and answers',
  becomes = inPlace(explored, other),
): boolean {
  if (!sameCells(explored, other, becomes)) return false;
  const cells = explored.cells.length;
  const same = sameOn(other, becomes);
  const twins = new Map<number, number>();
  const left: [number, number][] = [];
  const pair = (a: number, b: number): boolean => {
    if (twins.has(a)) return twins.get(a) === b;
    twins.set(a, b);
    left.push([a, b]);
    return true;
  };
  for (let slot = 0; slot < explored.slots; slot++)
    if (!pair(explored.initial[cells + slot]!, other.initial[cells + slot]!)) return false;
  for (let next = left.pop(); next; next = left.pop())
    if (!alike(explored.nodes[next[0]]!, other.nodes[next[1]]!, same, follow, becomes)) return false;
  return true;

  function follow(a: Next, b: Next): boolean {
    return (strictly === undefined || a.result === b.result) && pair(a.to, b.to);
  }
}

/**
 * Whether all that is known of `explored` is true of `other`, place by place: its steps may touch the same cells, and do the same in every
 * situation that they were ever asked in, whether it came up or not. Whatever was found out from the tables of the one by asking them,
 * in whatever way, would then have been found out from those of the other.
 */
export function sameAsFarAsKnown(explored: Compiled, other: Compiled): boolean {
  const becomes = inPlace(explored, other);
  const same = sameOn(other, becomes, (table) => table.known());
  return (
    sameCells(explored, other, becomes) &&
    explored.nodes.length === other.nodes.length &&
    explored.nodes.every((node, at) => mayTouchTheSame(node, other.nodes[at]!)) &&
    explored.nodes.every((node, at) => alike(node, other.nodes[at]!, same, (a, b) => a.to === b.to, becomes))
  );
}

function mayTouchTheSame(a: Node, b: Node): boolean {
  if (a.kind === 'at') return b.kind === 'at' && sameIds(a.touches, b.touches) && sameIds(a.writes, b.writes);
  return (
    b.kind === 'idle' &&
    a.starts.length === b.starts.length &&
    a.starts.every(({ possible, first }, at) => {
      const twin = b.starts[at]!;
      return sameIds(possible.touches, twin.possible.touches) && mayTouchTheSame(first, twin.first);
    })
  );
}

const sameIds = (some: readonly Cell[], others: readonly Cell[]): boolean =>
  some.length === others.length && some.every(({ id }, at) => id === others[at]!.id);

/** Whether tables say of every state of a system that came up what others do of one of the other system. */
export function sameResults(
  other: Compiled,
  tables: readonly (readonly [Table<number>, Table<number>])[],
  becomes: Pick<Counterparts, 'cells' | 'looks'> = { cells: other.cells.map(({ id }) => id), looks: all },
  same: (one: number, twin: number) => boolean = (one, twin) => one === twin,
): boolean {
  const situationsOf = situationsIn(other.cells, other.initial);
  return tables.every(([one, twin]) =>
    doTheSame(one.learned(), twin, situationsOf, becomes, (x, y) => same(x.result, y.result)),
  );
}

/** Of each cell, operation of the menu, device and group of one system what it is in the other. */
export interface Counterparts {
  readonly cells: readonly number[];
  readonly starts: readonly number[];
  readonly devices: ReadonlyMap<unknown, unknown>;
  readonly groups: ReadonlyMap<unknown, unknown>;
  /** So many situations of the other's table are looked at for one, where it reads more. */
  readonly looks: { readonly most: number; readonly orSome?: 'or some' };
}

/** All of them, if these are not too many. */
const all = { most: 64 };

/** What stands in the same place. */
const inPlace = (one: Compiled, other: Compiled): Counterparts => ({
  cells: one.cells.map(({ id }) => id),
  starts: [...startsOf(one).keys()],
  devices: new Map(one.system.machine.devices.map(({ name }, at) => [name, other.system.machine.devices[at]?.name])),
  groups: new Map(one.system.machine.groups.map((name, at) => [name, other.system.machine.groups[at]])),
  looks: all,
});

/**
 * What has the same name, of two systems that differ in the order of their devices. A step that goes on until it finds somebody reads
 * others there: some are looked at then.
 */
export function named(one: Compiled, other: Compiled): Counterparts {
  const ids = new Map(other.cells.map(({ name, id }) => [name, id]));
  const choices = new Map(operationsOf(other).map((operation, choice) => [operation, choice]));
  const itself = (names: readonly string[]): ReadonlyMap<string, string> => new Map(names.map((name) => [name, name]));
  const { devices, groups } = one.system.machine;
  return {
    cells: one.cells.map(({ name }) => ids.get(name)!),
    starts: operationsOf(one).map((operation) => choices.get(operation)!),
    devices: itself(devices.map(({ name }) => name)),
    groups: itself(groups),
    looks: { most: 500, orSome: 'or some' },
  };
}

const operationsOf = (compiled: Compiled): readonly string[] =>
  startsOf(compiled).map(({ operation }) => JSON.stringify(operation));

const sameCells = (one: Compiled, other: Compiled, becomes: Counterparts): boolean =>
  one.cells.length === other.cells.length &&
  one.slots === other.slots &&
  one.symmetric === other.symmetric &&
  one.cells.every(({ id, values }) => {
    const twin = becomes.cells[id]!;
    return values.length === other.cells[twin]!.values.length && one.initial[id] === other.initial[twin];
  });

const sameOn = (other: Compiled, becomes: Counterparts, those: Those = learned): Same => {
  const situationsOf = situationsIn(other.cells, other.initial);
  const told = (value: unknown, key: string): unknown =>
    key === 'device' ? becomes.devices.get(value) : key === 'group' ? becomes.groups.get(value) : value;
  return (a, b, follows) =>
    doTheSame(
      those(a),
      b,
      situationsOf,
      becomes,
      (x, y) =>
        pairedEvents(x.events, y.events, told) !== undefined &&
        sameWrites(x.writes, y.writes, becomes.cells) &&
        follows(x, y),
    );
};

/** In which situations a table has to do the same as its twin. */
type Those = <T>(table: Table<T>) => readonly Situation<T>[];
const learned: Those = (table) => table.learned();

type Same = <T>(a: Table<T>, b: Table<T>, follows: (x: Entry<T>, y: Entry<T>) => boolean) => boolean;

function alike(a: Node, b: Node, same: Same, follow: (a: Next, b: Next) => boolean, becomes: Counterparts): boolean {
  if (a.kind === 'idle')
    return (
      b.kind === 'idle' &&
      a.starts.length === b.starts.length &&
      a.starts.every((start, at) => {
        const twin = b.starts[becomes.starts[at]!]!;
        return (
          same(start.possible, twin.possible, (x, y) => x.result === y.result) &&
          alike(start.first, twin.first, same, follow, becomes)
        );
      })
    );
  return (
    b.kind === 'at' &&
    same(a.table, b.table, (x, y) => {
      if (x.failure || y.failure) return x.failure?.message === y.failure?.message;
      if (x.result < 0 || y.result < 0) return x.result === y.result;
      const [to, twin] = [a.next[x.result], b.next[y.result]];
      if (!to || !twin) return to === twin;
      return to.error || twin.error ? to.error?.message === twin.error?.message : follow(to, twin);
    })
  );
}

/** In every one of these situations, and whatever else `b` reads there, the two do the `same`. */
function doTheSame<T>(
  a: readonly Situation<T>[],
  b: Table<T>,
  situationsOf: SituationsOf,
  { cells, looks }: Pick<Counterparts, 'cells' | 'looks'>,
  same: (x: Entry<T>, y: Entry<T>) => boolean,
): boolean {
  return a.every(({ reads, values, entry }) => {
    const given = reads.map((id) => cells[id]!);
    const twins = situationsOf(b, given, values, looks.most, looks.orSome);
    return twins?.every((twin) => same(entry, twin.entry)) === true;
  });
}
