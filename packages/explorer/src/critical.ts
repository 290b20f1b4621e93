import type { Cell, Cells } from '@busward/core';
import { PluginError } from '@busward/core';
import type { At, Compiled, Next, Node } from './compile.ts';
import { tabulate, type Row } from './table.ts';

/*
 * Steps that nobody can tell from having been taken together with the one before them: Lipton's reduction ("Reduction: a
 * method of proving properties of parallel programs", 1975), with everything it needs derived from the tables.
 */

/**
 * The same system with fewer places. A step is taken together with the one before it if it never waits, writes nothing that
 * is `visible` and says nothing, and nobody else can touch what it touches meanwhile, since it holds a lock; or if the one
 * before took that lock. A state in between differs from the one after in nothing that is judged, but for what is under way.
 * A step by the name of `apart` is never taken together with the one before it.
 */
export function glued(compiled: Compiled, visible: ReadonlySet<number>, apart?: string): Compiled {
  const { nodes, cells } = compiled;
  const atOnce = takenAtOnce(compiled, visible, apart);
  const twins = new Map<At, At>();
  const fresh: Node[] = nodes.map((node) =>
    node.kind === 'at'
      ? twinOf(node)
      : {
          kind: 'idle',
          starts: node.starts.map((start) => ({ ...start, first: twinOf(start.first) })),
        },
  );
  return { ...compiled, nodes: fresh };

  function twinOf(node: At): At {
    const known = twins.get(node);
    if (known) return known;
    const follows = node.next.some(({ to, error }) => !error && atOnce[to] === 1);
    const twin = follows ? composed(node) : node;
    twins.set(node, twin);
    return twin;
  }

  /** The step, and those taken at once after it. */
  function composed(node: At): At {
    const next: Next[] = [];
    const known = new Map<string, number>();
    const reached = reachedFrom(node);
    const step = (state: Cells): number => {
      let here = node;
      const outcomes: number[] = [];
      for (;;) {
        const outcome = here.step(state);
        if (outcome < 0 && outcomes.length > 0)
          throw new PluginError(`${here.name} waits where it never does: this is a bug in the explorer`);
        if (outcome < 0) return -1;
        outcomes.push(outcome);
        const after = here.next[outcome];
        if (!after || after.error || atOnce[after.to] !== 1) return numberOf(outcomes, after);
        here = nodes[after.to] as At;
      }
    };
    const numberOf = (outcomes: readonly number[], after: Next | undefined): number => {
      const key = outcomes.join();
      const old = known.get(key);
      if (old !== undefined) return old;
      known.set(key, next.length);
      // A step without outcomes is the last thing that happens.
      if (after) next.push(after);
      return known.get(key)!;
    };
    const touches = [...new Set(reached.flatMap((one) => one.touches))];
    const writes = [...new Set(reached.flatMap((one) => one.writes))];
    return { ...node, next, touches, writes, step, table: tabulate(node.name, cells, touches, step, writes) };
  }

  function reachedFrom(node: At): readonly At[] {
    const reached = new Set([node]);
    for (const one of reached)
      for (const { to, error } of one.next) if (!error && atOnce[to] === 1) reached.add(nodes[to] as At);
    return [...reached];
  }
}

/** What a step does to cells, in all situations. */
interface Deeds {
  readonly reads: ReadonlySet<number>;
  readonly writes: ReadonlySet<number>;
  readonly waits: boolean;
  /** It can fail, or say something. */
  readonly loud: boolean;
  /** It was looked at in all situations; else there are too many. */
  readonly known: boolean;
  /** Flags that it reads when they are set, and goes on. */
  readonly passes: ReadonlySet<number>;
  /** Flags that it changes, and those that it always sets when they were clear, or clears; by outcome. */
  readonly changes: readonly ReadonlySet<number>[];
  readonly takes: readonly ReadonlySet<number>[];
  readonly gives: readonly ReadonlySet<number>[];
}

const MOST_SITUATIONS = 2_000;

/** Of each node, 1 if its step is taken at once where an operation comes to it. */
function takenAtOnce(compiled: Compiled, visible: ReadonlySet<number>, apart?: string): Uint8Array {
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

function deedsOf({ cells, initial }: Compiled, node: At): Deeds {
  const { touches, writes, next, table } = node;
  const ids = touches.map(({ id }) => id);
  const situations = touches.reduce((product, { values }) => product * values.length, 1);
  if (situations > MOST_SITUATIONS)
    return {
      reads: new Set(ids),
      writes: new Set(writes.map(({ id }) => id)),
      waits: true,
      loud: true,
      known: false,
      passes: new Set(ids),
      changes: [],
      takes: [],
      gives: [],
    };
  const reads = new Set<number>();
  const written = new Set<number>();
  const takes = next.map(() => new Map<number, boolean>());
  const gives = next.map(() => new Map<number, boolean>());
  const changes = next.map(() => new Set<number>());
  const passes = new Set<number>();
  let loud = next.length === 0;
  let waits = false;
  forEachSituation(cells, ids, initial.slice(), (row) => {
    const { reads: read, entry } = table.situation(row);
    for (const id of read) reads.add(id);
    if (entry.failure || entry.events.length > 0) loud = true;
    else if (entry.result < 0) waits = true;
    else for (const id of read) if (isFlag(cells[id]!) && row[id] === 1) passes.add(id);
    if (entry.failure || entry.result < 0) return;
    const now = new Map<number, number>();
    for (let at = 0; at < entry.writes.length; at += 2) now.set(entry.writes[at]!, entry.writes[at + 1]!);
    for (const [id, value] of now)
      if (value !== row[id]) {
        written.add(id);
        changes[entry.result]?.add(id);
      }
    if (next.length === 0) return;
    for (const id of ids) {
      const flag = isFlag(cells[id]!);
      both(takes[entry.result]!, id, flag && row[id] === 0 && now.get(id) === 1);
      both(gives[entry.result]!, id, flag && now.get(id) === 0);
    }
  });
  const always = (some: ReadonlyMap<number, boolean>): ReadonlySet<number> =>
    new Set([...some].flatMap(([id, is]) => (is ? [id] : [])));
  return {
    reads,
    writes: written,
    waits,
    loud,
    known: true,
    passes,
    changes,
    takes: takes.map(always),
    gives: gives.map(always),
  };
}

const both = (map: Map<number, boolean>, id: number, is: boolean): void =>
  void map.set(id, is && map.get(id) !== false);

const isFlag = ({ values }: Cell): boolean => values.length === 2 && values[1] === true;

function forEachSituation(cells: readonly Cell[], ids: readonly number[], row: Row, visit: (row: Row) => void): void {
  const [id, ...rest] = ids;
  if (id === undefined) return visit(row);
  for (let value = 0; value < cells[id]!.values.length; value++) {
    row[id] = value;
    forEachSituation(cells, rest, row, visit);
  }
}
