import { withSteps } from '../leaving-out/glued.ts';
import type { Compiled, Node } from '../tables/compile.ts';
import type { Situation, Table } from '../tables/table.ts';

/** The same system, whose tables say what came up where these were asked. What is asked of them does not count as having come up in the others. */
export function noted(compiled: Compiled): Compiled {
  const known = new Map<Table<unknown>, Table<unknown>>();
  const { nodes, ...rest } = withSteps(compiled, (node) => ({ ...node, table: noting(node.table) }));
  const guarding = (node: Node): Node =>
    node.kind === 'at'
      ? node
      : { ...node, starts: node.starts.map((start) => ({ ...start, possible: noting(start.possible) })) };
  return { ...rest, nodes: nodes.map(guarding) };

  function noting<T>(table: Table<T>): Table<T> {
    const before = known.get(table);
    if (before) return before as Table<T>;
    const cameUp = new Set<Situation<T>>();
    const one: Table<T> = {
      at: (row) => one.situation(row).entry,
      situation(row) {
        const here = table.asked(row);
        cameUp.add(here);
        return here;
      },
      asked: (row) => table.asked(row),
      learned: () => [...cameUp],
      touches: table.touches,
    };
    known.set(table, one);
    return one;
  }
}
