import { PluginError, type Cells } from '@busward/core';
import { takenAtOnce } from './at-once.ts';
import type { At, Compiled, Next, Node } from './compile.ts';
import { tabulate } from './table.ts';

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
