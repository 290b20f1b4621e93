import type { At, Compiled } from '../tables/compile.ts';
import type { Situation } from '../tables/table.ts';
import { changedIn, deedsOf, isFlag, type Deeds } from './deeds.ts';

/** Who touches what in a system, and which locks he holds there; read off the tables. */
export interface Locking {
  /** The places in programs. */
  readonly ats: readonly number[];
  /** What the step there does; with what is looked at before an operation starts, if it is its first. */
  readonly deeds: ReadonlyMap<number, Deeds>;
  /** The locks that an operation holds there. */
  readonly holds: ReadonlyMap<number, ReadonlySet<number>>;
  /** Of each cell, the places at which it is read, or written. */
  readonly readers: ReadonlyMap<number, readonly number[]>;
  readonly writers: ReadonlyMap<number, readonly number[]>;
  /** Of each place those from which, and after which outcome, an operation comes there. */
  readonly before: ReadonlyMap<number, readonly Before[]>;
  /** At each of these places one of the locks is held. */
  haveOneOf(locks: ReadonlySet<number>, those?: readonly number[]): boolean;
  /** Nobody else changes what the step there reads or writes while these are held; in one situation, or in any. */
  isKept(node: number, held: ReadonlySet<number>, here?: Situation<number>): boolean;
}

export interface Before {
  readonly node: number;
  readonly outcome: number;
}

export function lockingOf(compiled: Compiled): Locking {
  const { nodes, initial } = compiled;
  const ats = nodes.flatMap((node, at) => (node.kind === 'at' ? [at] : []));
  const at = (node: number): At => nodes[node] as At;
  const guards = guardsOf(compiled);
  const deeds = new Map(
    ats.map((node) => {
      const own = deedsOf(compiled, at(node));
      const guard = guards.get(node) ?? [];
      // What is looked at before an operation starts is looked at by its first step, and never waited for.
      return [
        node,
        { ...own, reads: new Set([...own.reads, ...guard]), passes: new Set([...own.passes, ...guard]) },
      ] as const;
    }),
  );
  const holds = holdsOf(compiled, ats, deeds);
  const before = new Map<number, Before[]>();
  for (const node of ats)
    at(node).next.forEach(({ to, error }, outcome) => {
      if (!error) before.set(to, [...(before.get(to) ?? []), { node, outcome }]);
    });
  const [readers, writers] = [by(({ reads }) => reads), by(({ writes }) => writes)];
  return { ats, deeds, holds, readers, writers, before, haveOneOf, isKept };

  function haveOneOf(locks: ReadonlySet<number>, those: readonly number[] = []): boolean {
    return those.every((other) => [...holds.get(other)!].some((lock) => locks.has(lock)));
  }

  function isKept(node: number, held: ReadonlySet<number>, here?: Situation<number>): boolean {
    const areKept = (ids: Iterable<number>): boolean =>
      [...ids].every((id) => held.has(id) || haveOneOf(held, writers.get(id)));
    if (here)
      return comesUp(here, held) && areKept([...here.reads, ...changedIn(compiled, here), ...(guards.get(node) ?? [])]);
    const { reads, writes } = deeds.get(node)!;
    return areKept([...reads, ...writes]);
  }

  /** Not if something that nobody writes says something else than at first. */
  function comesUp({ reads, values }: Situation<number>, held: ReadonlySet<number>): boolean {
    return reads.every((id, read) => values[read] === initial[id] || held.has(id) || writers.has(id));
  }

  /** Of each cell, the places with it among those of their deeds. */
  function by(of: (deed: Deeds) => ReadonlySet<number>): ReadonlyMap<number, readonly number[]> {
    const those = new Map<number, number[]>();
    for (const node of ats)
      for (const id of of(deeds.get(node)!)) {
        const there = those.get(id);
        if (there) there.push(node);
        else those.set(id, [node]);
      }
    return those;
  }
}

/** What is looked at before an operation starts, by its first node. */
function guardsOf({ nodes, system }: Compiled): ReadonlyMap<number, readonly number[]> {
  const guards = new Map<number, readonly number[]>();
  for (const node of nodes)
    if (node.kind === 'idle')
      for (const { operation, first } of node.starts)
        guards.set(
          nodes.indexOf(first),
          system.possible(operation).touches.map(({ id }) => id),
        );
  return guards;
}

/**
 * Of each node, the locks that an operation holds there: flags that are only ever set by who finds them clear and cleared
 * by who has set them, and that nobody else gets past while they are set.
 */
function holdsOf(
  { nodes, cells, initial }: Compiled,
  ats: readonly number[],
  deeds: ReadonlyMap<number, Deeds>,
): ReadonlyMap<number, ReadonlySet<number>> {
  const locks = new Set(cells.flatMap((cell) => (isFlag(cell) && initial[cell.id] === 0 ? [cell.id] : [])));
  const holds = propagated();
  const broken = new Set<number>();
  // Whether one is a lock has nothing to do with the others; a step keeps one that it neither looks at nor holds.
  for (const node of ats) {
    const [deed, held] = [deeds.get(node)!, holds.get(node)!];
    for (const some of [held, deed.reads, deed.passes, ...deed.changes])
      for (const lock of some) if (locks.has(lock) && !broken.has(lock) && !keeps(deed, lock, held)) broken.add(lock);
  }
  return new Map([...holds].map(([node, held]) => [node, new Set([...held].filter((lock) => !broken.has(lock)))]));

  /** Held, a lock is given back or left alone; else, it is taken or waited for. */
  function keeps(
    { known, reads, passes, changes, takes, gives }: Deeds,
    lock: number,
    held: ReadonlySet<number>,
  ): boolean {
    if (!known) return !reads.has(lock);
    const right = held.has(lock) ? gives : takes;
    return (
      (held.has(lock) || !passes.has(lock)) && changes.every((some, at) => !some.has(lock) || right[at]!.has(lock))
    );
  }

  function propagated(): ReadonlyMap<number, ReadonlySet<number>> {
    const found = new Map<number, ReadonlySet<number>>();
    const left: number[] = [];
    const arrive = (node: number, held: ReadonlySet<number>): void => {
      if (nodes[node]?.kind !== 'at') return;
      const before = found.get(node);
      const now = before ? new Set([...before].filter((lock) => held.has(lock))) : held;
      if (before && now.size === before.size) return;
      found.set(node, now);
      left.push(node);
    };
    for (const node of nodes)
      if (node.kind === 'idle') for (const { first } of node.starts) arrive(nodes.indexOf(first), new Set());
    for (let node = left.pop(); node !== undefined; node = left.pop()) {
      const { takes, gives } = deeds.get(node)!;
      const held = found.get(node)!;
      (nodes[node] as At).next.forEach(({ to }, outcome) => {
        const taken = [...(takes[outcome] ?? [])].filter((lock) => locks.has(lock));
        const after = [...held, ...taken].filter((lock) => !gives[outcome]?.has(lock));
        arrive(to, new Set(after));
      });
    }
    for (const node of ats) if (!found.has(node)) found.set(node, new Set());
    return found;
  }
}
