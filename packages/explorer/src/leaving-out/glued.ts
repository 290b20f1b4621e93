import type { Cells } from '@busward/core';
import { takenAtOnce } from './at-once.ts';
import type { At, Compiled, Next, Start } from '../tables/compile.ts';
import { tabulate } from '../tables/table.ts';

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
  const atOnce = takenAtOnce(compiled, visible, apart);
  return gluedWhere(compiled, (_, { to }) => atOnce[to] === 1);
}

/** The same system, with each step taken together with the one before it where that is so after an outcome. */
export function gluedWhere(compiled: Compiled, isAtOnce: (before: At, next: Next) => boolean): Compiled {
  const { nodes, cells } = compiled;
  // A step without outcomes is the last thing that happens, and has nothing after it that would tell it from others.
  const isLast = ({ to }: Next): boolean => nodes[to]?.kind === 'at' && nodes[to].next.length === 0;
  const goesOn = (before: At, next: Next): boolean => !next.error && !isLast(next) && isAtOnce(before, next);
  return withSteps(compiled, (node) => (node.next.some((next) => goesOn(node, next)) ? composed(node) : node));

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
        // Locks that were taken on the way here are not, then.
        if (outcome < 0) return -1;
        outcomes.push(outcome);
        const after = here.next[outcome]!;
        if (!goesOn(here, after)) return numberOf(outcomes, after);
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
    const touches = [...new Set(reached.flatMap((one) => one.touches))];
    const writes = [...new Set(reached.flatMap((one) => one.writes))];
    return { ...node, next, touches, writes, step, table: tabulate(node.name, cells, touches, step, writes) };
  }

  function reachedFrom(node: At): readonly At[] {
    const reached = new Set([node]);
    for (const one of reached) for (const next of one.next) if (goesOn(one, next)) reached.add(nodes[next.to] as At);
    return [...reached];
  }
}

/** The same system with other steps at its places. */
export function withSteps({ nodes, ...rest }: Compiled, of: (node: At) => At): Compiled {
  const others = new Map<At, At>();
  const other = (node: At): At => {
    const known = others.get(node) ?? of(node);
    others.set(node, known);
    return known;
  };
  const starting = (start: Start): Start => ({ ...start, first: other(start.first) });
  return {
    ...rest,
    nodes: nodes.map((node) =>
      node.kind === 'at' ? other(node) : { kind: 'idle', starts: node.starts.map(starting) },
    ),
  };
}
