import type { Compiled, Next, Node } from './compile.ts';
import type { Entry, Row, Table } from './table.ts';

/**
 * Whether `other` is sure to behave like `explored` in every state that `explored` reaches. Walks both from their
 * initial places: in every situation that came up, the steps of both read the same cells or fewer, write and say the
 * same, and lead to places that are alike in turn. The pairs of places are then a bisimulation, so one exploration
 * answers for both. Names of operations are not looked at, nor their results unless `strictly` says so: no principle is
 * judged on them.
 */
export function sameTables(explored: Compiled, other: Compiled, strictly?: 'and answers'): boolean {
  const cells = explored.cells.length;
  if (cells !== other.cells.length || explored.slots !== other.slots || explored.symmetric !== other.symmetric)
    return false;
  if (explored.cells.some((cell, at) => cell.values.length !== other.cells[at]!.values.length)) return false;
  if (explored.cells.some(({ id }) => explored.initial[id] !== other.initial[id])) return false;

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
    if (!alike(explored.nodes[next[0]]!, other.nodes[next[1]]!, explored.initial, follow)) return false;
  return true;

  function follow(a: Next, b: Next): boolean {
    return (strictly === undefined || a.result === b.result) && pair(a.to, b.to);
  }
}

function alike(a: Node, b: Node, blank: Row, follow: (a: Next, b: Next) => boolean): boolean {
  if (a.kind === 'idle')
    return (
      b.kind === 'idle' &&
      a.starts.length === b.starts.length &&
      a.starts.every((start, at) => {
        const twin = b.starts[at]!;
        return (
          agree(start.possible, twin.possible, blank, (x, y) => x.result === y.result) &&
          alike(start.first, twin.first, blank, follow)
        );
      })
    );
  return (
    b.kind === 'at' &&
    agree(a.table, b.table, blank, (x, y) => {
      if (x.failure || y.failure) return x.failure?.message === y.failure?.message;
      if (x.result < 0 || y.result < 0) return x.result === y.result;
      const [to, twin] = [a.next[x.result], b.next[y.result]];
      if (!to || !twin) return to === twin;
      return to.error || twin.error ? to.error?.message === twin.error?.message : follow(to, twin);
    })
  );
}

/** In every situation that `a` has met, `b` reads nothing else, writes and says the same, and `follows`. */
function agree<T>(a: Table<T>, b: Table<T>, blank: Row, follows: (a: Entry<T>, b: Entry<T>) => boolean): boolean {
  return a.learned().every(({ reads, values, entry }) => {
    const row = blank.slice();
    reads.forEach((id, at) => (row[id] = values[at]!));
    const twin = b.situation(row);
    return (
      twin.reads.every((id) => reads.includes(id)) &&
      JSON.stringify([entry.writes, entry.events]) === JSON.stringify([twin.entry.writes, twin.entry.events]) &&
      follows(entry, twin.entry)
    );
  });
}
