import type { Cell, Cells } from '@busward/core';
import { takenAtOnce } from './at-once.ts';
import { lockingOf } from './locking.ts';
import type { At, Compiled, Next, Start } from '../tables/compile.ts';
import { tabulate } from '../tables/table.ts';

/*
 * Steps that nobody can tell from having been taken together with the one before them: Lipton's reduction ("Reduction: a
 * method of proving properties of parallel programs", 1975), with everything it needs derived from the tables.
 */

/** Of two steps that are taken together, which one is moved: the first is as late as the second, or the second as early as the first. */
export type Side = 'late' | 'early';

/**
 * To which side a step is moved if the next one is taken together with it; nothing if it is not. Nothing is late after what is not late, so
 * it is asked with what those before were.
 */
export type Joins = (before: At, next: Next, side: Side) => Side | undefined;

/** Who sees where steps are while they are taken together, and looks at some cells of the place that they come to. */
export interface Notes {
  cells(next: Next): readonly Cell[];
  noting(state: Cells, cells: ReadonlySet<Cell>): Noted;
}

export interface Noted {
  /** The state, as the steps are to see it. */
  readonly cells: Cells;
  goesOn(next: Next, side: Side): void;
  ends(): void;
}

/**
 * The same system with fewer places. A step is taken together with the one before it if it never waits, writes nothing that
 * is `visible` and says nothing, and nobody else can touch what it touches meanwhile, since it holds a lock; or if the one
 * before took that lock. A state in between differs from the one after in nothing that is judged, but for what is under way.
 * A step by the name of `apart` is never taken together with the one before it.
 */
export function glued<T extends Compiled>(compiled: T, visible: ReadonlySet<number>, apart?: string): T {
  return gluedOnce(compiled, takenAtOnce(compiled, lockingOf(compiled), visible, apart));
}

/** `atOnce`: of each place, whether its step is taken together with the one before it. */
export const gluedOnce = <T extends Compiled>(compiled: T, atOnce: Uint8Array): T =>
  gluedWhere(compiled, (_, { to }) => (atOnce[to] === 1 ? 'early' : undefined));

/** The same system, with each step taken together with the one before it where it joins that. */
export function gluedWhere<T extends Compiled>(compiled: T, joins: Joins, notes?: Notes): T {
  const { nodes, cells } = compiled;
  // A step without outcomes is the last thing that happens, and has nothing after it that would tell it from others.
  const isLast = ({ to }: Next): boolean => {
    const node = nodes[to]!;
    return node.kind === 'idle' || node.next.length === 0;
  };
  const goesOn = (before: At, next: Next, side: Side): Side | undefined =>
    next.error || isLast(next) ? undefined : joins(before, next, side);
  return withSteps(compiled, (node) => (node.next.some((next) => goesOn(node, next, 'late')) ? composed(node) : node));

  /** The step, and those taken at once after it. */
  function composed(node: At): At {
    const next: Next[] = [];
    const known = new Map<string, number>();
    const { reached, looked } = reachedFrom(node);
    const step = (state: Cells): number => {
      const noted = looked.size > 0 ? notes?.noting(state, looked) : undefined;
      let here = node;
      let side: Side | undefined = 'late';
      const outcomes: number[] = [];
      for (;;) {
        const outcome = here.step(noted?.cells ?? state);
        // Locks that were taken on the way here are not, then.
        if (outcome < 0) return -1;
        outcomes.push(outcome);
        const after = here.next[outcome]!;
        side = goesOn(here, after, side);
        if (!side) {
          noted?.ends();
          return numberOf(outcomes, after);
        }
        noted?.goesOn(after, side);
        here = nodes[after.to] as At;
      }
    };
    const numberOf = (outcomes: readonly number[], after: Next): number => {
      const key = outcomes.join();
      const old = known.get(key);
      if (old !== undefined) return old;
      known.set(key, next.length);
      return next.push(after) - 1;
    };
    const touches = [...new Set([...reached.flatMap((one) => one.touches), ...looked])];
    const writes = [...new Set(reached.flatMap((one) => one.writes))];
    return { ...node, next, touches, writes, step, table: tabulate(node.name, cells, touches, step, writes) };
  }

  function reachedFrom(node: At): { readonly reached: readonly At[]; readonly looked: ReadonlySet<Cell> } {
    const sides = { late: new Set([node]), early: new Set<At>() };
    const looked = new Set<Cell>();
    for (const side of ['late', 'early'] as const)
      for (const one of sides[side])
        for (const next of one.next) {
          const then = goesOn(one, next, side);
          if (!then) continue;
          sides[then].add(nodes[next.to] as At);
          for (const cell of notes?.cells(next) ?? []) looked.add(cell);
        }
    return { reached: [...new Set([...sides.late, ...sides.early])], looked };
  }
}

/** The same system with other steps at its places. */
export function withSteps<T extends Compiled>(compiled: T, of: (node: At) => At): T {
  const others = new Map<At, At>();
  const other = (node: At): At => {
    const known = others.get(node) ?? of(node);
    others.set(node, known);
    return known;
  };
  const starting = (start: Start): Start => ({ ...start, first: other(start.first) });
  return {
    ...compiled,
    nodes: compiled.nodes.map((node) =>
      node.kind === 'at' ? other(node) : { kind: 'idle', starts: node.starts.map(starting) },
    ),
  };
}
