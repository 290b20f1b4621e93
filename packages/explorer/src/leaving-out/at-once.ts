import type { At, Compiled } from '../tables/compile.ts';
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
  const [readers, writers] = [by(({ reads }) => reads), by(({ writes }) => writes)];
  const before = new Map<number, { readonly node: number; readonly outcome: number }[]>();
  for (const node of ats)
    at(node).next.forEach(({ to, error }, outcome) => {
      if (!error) before.set(to, [...(before.get(to) ?? []), { node, outcome }]);
    });

  const flags = new Uint8Array(nodes.length);
  if (slots < 2) return flags;
  for (const node of ats) {
    if (at(node).name === apart) continue;
    const { loud, waits, writes } = deeds.get(node)!;
    const isQuiet = !loud && !waits && ![...writes].some((id) => visible.has(id));
    const previous = before.get(node) ?? [];
    // Who took a lock took it as late as he goes on, if he has to wait: until then nobody could do anything but wait for it.
    if ((isQuiet && isPrivate(node)) || (previous.length > 0 && previous.every(tookLockBefore))) flags[node] = 1;
  }
  return flags;

  /** Everybody who could touch what it touches would have to hold a lock that it holds. */
  function isPrivate(node: number): boolean {
    const { reads, writes } = deeds.get(node)!;
    const mine = holds.get(node)!;
    return [...new Set([...reads, ...writes])].every(
      (id) =>
        mine.has(id) || (haveOneOf(mine, writers.get(id)) && (!writes.has(id) || haveOneOf(mine, readers.get(id)))),
    );
  }

  /** The step before does nothing but take a lock, and what it looked at nobody can change from then on. */
  function tookLockBefore({ node, outcome }: { readonly node: number; readonly outcome: number }): boolean {
    const deed = deeds.get(node)!;
    if (deed.loud) return false;
    const held = holds.get(at(node).next[outcome]!.to)!;
    const taken = new Set([...(deed.takes[outcome] ?? [])].filter((lock) => held.has(lock)));
    if (taken.size === 0 || [...deed.writes].some((id) => !taken.has(id) || visible.has(id))) return false;
    return [...deed.reads].every((id) => taken.has(id) || haveOneOf(taken, writers.get(id)));
  }

  /** Each of the nodes holds one of the locks. */
  function haveOneOf(locks: ReadonlySet<number>, those: readonly number[] = []): boolean {
    return those.every((other) => [...holds.get(other)!].some((lock) => locks.has(lock)));
  }

  /** Of each cell, the nodes with it among those of their deeds. */
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
