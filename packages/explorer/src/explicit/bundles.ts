import type { Cell } from '@busward/core';
import type { Compiled, Start } from '../tables/compile.ts';

/** For each place one table, or between operations one for each bundle of starts. */
export const bundlesAt = ({ nodes }: Compiled): Bundles =>
  nodes.map((node) => (node.kind === 'at' ? [undefined] : bundlesOf(node.starts)));
export type Bundles = readonly (readonly (readonly Start[] | undefined)[])[];

/**
 * Starts that read the same are looked up together, in one tree: neighbours in the menu, so that their order stays, as long
 * as there are few situations that they can be in.
 */
function bundlesOf(starts: readonly Start[]): readonly (readonly Start[])[] {
  const bundles: { readonly starts: Start[]; reads: ReadonlyMap<number, number> }[] = [];
  for (const start of starts) {
    const reads = readsOf(start);
    const last = bundles.at(-1);
    const together = new Map([...(last?.reads ?? []), ...reads]);
    const situations = [...together.values()].reduce((all, values) => all * values, 1);
    if (last && situations <= FEW && [...reads.keys()].some((cell) => last.reads.has(cell))) {
      last.starts.push(start);
      last.reads = together;
    } else bundles.push({ starts: [start], reads });
  }
  return bundles.map((one) => one.starts);
}
const FEW = 256;

/** The cells that a start has read so far, each with how many values it has. */
function readsOf({ possible, first }: Start): ReadonlyMap<number, number> {
  const cells = [possible.touches, first.table.touches].flat();
  const valuesOf = (id: number): number => cells.find((cell: Cell) => cell.id === id)!.values.length;
  const read = [possible, first.table].flatMap((table) => table.learned().flatMap(({ reads }) => reads));
  return new Map(read.map((cell) => [cell, valuesOf(cell)]));
}
