import type { Operation } from '@busward/core';
import type { Compiled } from '../compile.ts';
import { groupBy } from '../group-by.ts';
import { inOrder } from './order.ts';
import type { Source } from './sources.ts';

/**
 * Which cells, and which places of operations in flight, are one level of the diagram. Slots have no level: which places
 * are taken, and how often, is what tells two states apart.
 */
export interface Levels {
  /** By level, the bottom first. */
  readonly cells: readonly (readonly number[])[];
  readonly ofCell: readonly number[];
  /** By node of the compiled system: the level that notes a slot there. */
  readonly ofNode: readonly number[];
}

/** Cells that are one level, and the clients that write them. */
interface Block {
  cells: readonly number[];
  readonly by: ReadonlySet<unknown>;
}

/**
 * Cells that the same operations write are one level; a block whose writers are most of those of another joins it. Places
 * are noted where the cells are that their operation writes with the fewest others, and slots that are between operations
 * at the bottom. All of this is read from what the tables have learned, and from no name; it decides how large diagrams
 * are, never what is in them.
 */
export function levelsOf(compiled: Compiled, sources: readonly Source[]): Levels {
  const { cells, nodes } = compiled;
  const clientOf = clients(compiled);
  const writers = cells.map(() => new Set<unknown>());
  for (const { from, step } of sources)
    for (const { entry } of step.table.learned())
      for (let at = 0; at < entry.writes.length; at += 2)
        writers[entry.writes[at]!]!.add(clientOf(from, step.operation));

  const numbers = new Map<unknown, number>();
  const numberOf = (client: unknown): number =>
    numbers.get(client) ?? (numbers.set(client, numbers.size), numbers.size);
  const signature = (by: ReadonlySet<unknown>): string =>
    [...by]
      .map(numberOf)
      .toSorted((a, b) => a - b)
      .join();
  const alike = [...groupBy(cells, ({ id }) => signature(writers[id]!)).values()];
  // The first block is for slots that are in no operation.
  const idle: Block = { cells: [], by: new Set() };
  const blocks = [
    idle,
    ...joined(alike.map((some) => ({ cells: some.map(({ id }) => id), by: writers[some[0]!.id]! }))),
  ];

  const blockOfCell = cells.map(({ id }) => blocks.findIndex((block) => block.cells.includes(id)));
  const homes = new Map<unknown, number>();
  const homeOf = (client: unknown): number => {
    let home = homes.get(client);
    if (home === undefined) {
      const written = blocks.filter(({ by }) => by.has(client)).toSorted((a, b) => a.by.size - b.by.size);
      homes.set(client, (home = written[0] ? blocks.indexOf(written[0]) : 0));
    }
    return home;
  };
  const blockOfNode = nodes.map((node, at) => homeOf(clientOf(at, node.kind === 'at' ? node.operation : undefined)));

  const touched = sources.flatMap(({ from, start, step }) => {
    const first = [blockOfNode[from]!, ...(start ? readBy(start.possible) : [])];
    return step.table.learned().map(({ reads, entry }) => {
      const to = step.next[entry.result]?.to ?? from;
      const written = entry.writes.filter((_, at) => at % 2 === 0);
      return new Set([...first, blockOfNode[to]!, ...[...reads, ...written].map((id) => blockOfCell[id]!)]);
    });
  });
  const order = inOrder(
    blocks.length,
    touched.map((some) => [...some]),
  );
  return {
    cells: order.map((block) => blocks[block]!.cells),
    ofCell: blockOfCell.map((block) => order.indexOf(block)),
    ofNode: blockOfNode.map((block) => order.indexOf(block)),
  };

  function readBy(table: Source['step']['table'] | NonNullable<Source['start']>['possible']): readonly number[] {
    return table.learned().flatMap(({ reads }) => reads.map((id) => blockOfCell[id]!));
  }
}

/** Whom a step belongs to: its operation in the open world, where anybody may do it; its actor where there are actors. */
function clients({
  nodes,
  slots,
  initial,
  cells,
}: Compiled): (node: number, operation: Operation | undefined) => unknown {
  const starting = [...initial.subarray(cells.length)];
  if (new Set(starting).size < 2) return (_, operation) => operation;
  const slotOf = new Map<number, number>();
  for (let slot = 0; slot < slots; slot++) {
    const left = [starting[slot]!];
    for (let at = left.pop(); at !== undefined; at = left.pop()) {
      if (slotOf.has(at)) continue;
      slotOf.set(at, slot);
      const node = nodes[at]!;
      const steps = node.kind === 'at' ? [node] : node.starts.map(({ first }) => first);
      left.push(...steps.flatMap(({ next }) => next.map(({ to }) => to)));
    }
  }
  return (node) => slotOf.get(node);
}

/** Small blocks first: each joins the smallest one that has all of its writers, and less than twice as many. */
function joined(blocks: readonly Block[]): readonly Block[] {
  const bySize = blocks.toSorted((a, b) => a.by.size - b.by.size);
  for (const block of bySize) {
    const host = bySize.find(
      ({ by }) => by.size > block.by.size && by.size < 2 * block.by.size && [...block.by].every((one) => by.has(one)),
    );
    if (!host) continue;
    host.cells = [...host.cells, ...block.cells];
    block.cells = [];
  }
  return blocks.filter(({ cells }) => cells.length > 0);
}
