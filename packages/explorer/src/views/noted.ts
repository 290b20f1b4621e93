import type { Compiled, Node } from '../tables/compile.ts';
import type { Situation, Table } from '../tables/table.ts';

/** The same system, whose tables say what came up where these were asked. What is asked of them does not count as having come up in the others. */
export function noted(compiled: Compiled): Compiled {
  const known = new Map<Table<unknown>, Table<unknown>>();
  const nodes = compiled.nodes.map((node): Node => {
    if (node.kind === 'at') return { ...node, table: noting(node.table) };
    return {
      ...node,
      starts: node.starts.map((start) => ({
        ...start,
        possible: noting(start.possible),
        first: { ...start.first, table: noting(start.first.table) },
      })),
    };
  });
  return { ...compiled, nodes };

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
