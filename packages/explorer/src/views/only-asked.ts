import { withSteps } from '../leaving-out/glued.ts';
import type { Compiled, Node } from '../tables/compile.ts';
import type { Table } from '../tables/table.ts';

/** The same system, of which nothing counts as having come up, whatever its tables are asked: views allow more than can be. */
export function onlyAsked(compiled: Compiled): Compiled {
  const { nodes, ...rest } = withSteps(compiled, (node) => ({ ...node, table: quiet(node.table) }));
  const guarding = (node: Node): Node =>
    node.kind === 'at'
      ? node
      : { ...node, starts: node.starts.map((start) => ({ ...start, possible: quiet(start.possible) })) };
  return { ...rest, nodes: nodes.map(guarding) };
}

const quiet = <T>(table: Table<T>): Table<T> => ({
  ...table,
  at: (row) => table.asked(row).entry,
  situation: (row) => table.asked(row),
});
