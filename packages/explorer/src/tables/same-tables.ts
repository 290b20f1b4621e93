import type { Compiled, Next, Node } from './compile.ts';
import { sameEvents } from './same-events.ts';
import { situationsIn, type SituationsOf } from './situations.ts';
import { sameNumbers, type Entry, type Table } from './table.ts';

/**
 * Whether `other` is sure to behave like `explored` in every state that `explored` reaches. Walks both from their
 * initial places: in every situation that came up, the steps of both write and say the same, whatever else `other` reads,
 * and lead to places that are alike in turn. The pairs of places are then a bisimulation, so one exploration answers for
 * both. Names of operations and of devices are not looked at, nor results unless `strictly` says so: no principle is
 * judged on them.
 */
export function sameTables(explored: Compiled, other: Compiled, strictly?: 'and answers'): boolean {
  if (!sameCells(explored, other)) return false;
  const cells = explored.cells.length;
  const same = sameOn(explored, other);
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
    if (!alike(explored.nodes[next[0]]!, other.nodes[next[1]]!, same, follow)) return false;
  return true;

  function follow(a: Next, b: Next): boolean {
    return (strictly === undefined || a.result === b.result) && pair(a.to, b.to);
  }
}

/**
 * The same for two whose places have the same numbers, and of whose tables not all can be walked to: where one state stood
 * for several, a step was seen and not the one that leads there.
 */
export function sameInPlace(explored: Compiled, other: Compiled): boolean {
  const same = sameOn(explored, other);
  return (
    sameCells(explored, other) &&
    explored.nodes.length === other.nodes.length &&
    explored.nodes.every((node, at) => alike(node, other.nodes[at]!, same, (a, b) => a.to === b.to))
  );
}

/** Whether tables say of every state of the system that came up what others do of one with the same cells. */
export function sameResults(
  { cells, initial }: Compiled,
  tables: readonly Table<number>[],
  others: readonly Table<number>[],
): boolean {
  const situationsOf = situationsIn(cells, initial);
  return tables.every((table, at) => doTheSame(table, others[at]!, situationsOf, (x, y) => x.result === y.result));
}

const sameCells = (one: Compiled, other: Compiled): boolean =>
  one.cells.length === other.cells.length &&
  one.slots === other.slots &&
  one.symmetric === other.symmetric &&
  one.cells.every(
    ({ id, values }, at) => values.length === other.cells[at]!.values.length && one.initial[id] === other.initial[id],
  );

const sameOn = (explored: Compiled, other: Compiled): Same => {
  const situationsOf = situationsIn(explored.cells, explored.initial);
  const [mine, theirs] = [explored.system.machine, other.system.machine];
  const devices = new Map<unknown, unknown>(mine.devices.map(({ name }, at) => [name, theirs.devices[at]?.name]));
  const groups = new Map<unknown, unknown>(mine.groups.map((name, at) => [name, theirs.groups[at]]));
  const becomes = (value: unknown, key: string): unknown =>
    key === 'device' ? devices.get(value) : key === 'group' ? groups.get(value) : value;
  return (a, b, follows) =>
    doTheSame(
      a,
      b,
      situationsOf,
      (x, y) => sameEvents(x.events, y.events, becomes) && sameNumbers(x.writes, y.writes) && follows(x, y),
    );
};

type Same = <T>(a: Table<T>, b: Table<T>, follows: (x: Entry<T>, y: Entry<T>) => boolean) => boolean;

function alike(a: Node, b: Node, same: Same, follow: (a: Next, b: Next) => boolean): boolean {
  if (a.kind === 'idle')
    return (
      b.kind === 'idle' &&
      a.starts.length === b.starts.length &&
      a.starts.every((start, at) => {
        const twin = b.starts[at]!;
        return (
          same(start.possible, twin.possible, (x, y) => x.result === y.result) &&
          alike(start.first, twin.first, same, follow)
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

/** So many situations of the other table are looked at for one, where it reads more. */
const MOST = 64;

/** In every situation that `a` has met, and whatever else `b` reads there, the two do the `same`. */
function doTheSame<T>(
  a: Table<T>,
  b: Table<T>,
  situationsOf: SituationsOf,
  same: (x: Entry<T>, y: Entry<T>) => boolean,
): boolean {
  return a.learned().every(({ reads, values, entry }) => {
    const twins = situationsOf(b, reads, values, MOST);
    return twins?.every((twin) => same(entry, twin.entry)) === true;
  });
}
