import type { At, Compiled } from './compile.ts';
import { deedsOf, isFlag, type Deeds } from './deeds.ts';

/** Of each node, 1 if its step is taken at once where an operation comes to it. */
export function takenAtOnce(compiled: Compiled, visible: ReadonlySet<number>, apart?: string): Uint8Array {
  const { nodes, slots } = compiled;
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
  const before = new Map<number, { readonly node: number; readonly outcome: number }[]>();
  for (const node of ats)
    at(node).next.forEach(({ to, error }, outcome) => {
      if (!error) before.set(to, [...(before.get(to) ?? []), { node, outcome }]);
    });

  const flags = new Uint8Array(nodes.length);
  if (slots < 2) return flags;
  for (const node of ats) {
    const { loud, waits, writes } = deeds.get(node)!;
    if (loud || waits || at(node).name === apart) continue;
    const quiet = ![...writes].some((id) => visible.has(id));
    const previous = before.get(node) ?? [];
    if ((quiet && isPrivate(node)) || (previous.length > 0 && previous.every(tookLockBefore))) flags[node] = 1;
  }
  return flags;

  /** Everybody who could touch what it touches would have to hold a lock that it holds. */
  function isPrivate(node: number): boolean {
    const { reads, writes } = deeds.get(node)!;
    const mine = holds.get(node)!;
    const touched = new Set([...reads, ...writes]);
    return ats.every((other) => {
      const theirs = deeds.get(other)!;
      const clash = [...touched].some(
        (id) =>
          !mine.has(id) && (writes.has(id) ? theirs.reads.has(id) || theirs.writes.has(id) : theirs.writes.has(id)),
      );
      return !clash || [...holds.get(other)!].some((lock) => mine.has(lock));
    });
  }

  /** The step before does nothing but take a lock, and what it looked at nobody can change from then on. */
  function tookLockBefore({ node, outcome }: { readonly node: number; readonly outcome: number }): boolean {
    const deed = deeds.get(node)!;
    if (deed.loud) return false;
    const taken = deed.takes[outcome] ?? new Set();
    if (taken.size === 0 || [...deed.writes].some((id) => !taken.has(id) || visible.has(id))) return false;
    const looked = deed.reads;
    return ats.every((other) => {
      const theirs = deeds.get(other)!;
      const clash = [...looked].some((id) => !taken.has(id) && theirs.writes.has(id));
      return !clash || [...holds.get(other)!].some((lock) => taken.has(lock));
    });
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
  for (;;) {
    const holds = propagated();
    const broken = [...locks].find((lock) => ats.some((node) => !keeps(deeds.get(node)!, lock, holds.get(node)!)));
    if (broken === undefined) return holds;
    locks.delete(broken);
  }

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
    const holds = new Map<number, ReadonlySet<number>>();
    const left: number[] = [];
    const arrive = (node: number, held: ReadonlySet<number>): void => {
      if (nodes[node]?.kind !== 'at') return;
      const before = holds.get(node);
      const now = before ? new Set([...before].filter((lock) => held.has(lock))) : held;
      if (before && now.size === before.size) return;
      holds.set(node, now);
      left.push(node);
    };
    for (const node of nodes)
      if (node.kind === 'idle') for (const { first } of node.starts) arrive(nodes.indexOf(first), new Set());
    for (let node = left.pop(); node !== undefined; node = left.pop()) {
      const { takes, gives } = deeds.get(node)!;
      const held = holds.get(node)!;
      (nodes[node] as At).next.forEach(({ to }, outcome) => {
        const taken = [...(takes[outcome] ?? [])].filter((lock) => locks.has(lock));
        const after = [...held, ...taken].filter((lock) => !gives[outcome]?.has(lock));
        arrive(to, new Set(after));
      });
    }
    for (const node of ats) if (!holds.has(node)) holds.set(node, new Set());
    return holds;
  }
}
