import { cellsOf } from '../tables/cells-of.ts';
import type { Compiled } from '../tables/compile.ts';
import { nodesOf } from '../tables/nodes-of.ts';

/** Like devices, and what is the same of them but for which of them it is of. */
export interface LikeDevices {
  readonly kinds: readonly (readonly LikeDevice[])[];
  /** Of each cell, the one that says it of the first of them; its own number, if it is of no such device. */
  readonly cells: Int32Array;
  /** Each with the next. */
  readonly exchanges: readonly DevicePair[];
}

interface DevicePair {
  readonly devices: readonly [string, string];
  /** Cells of the one, and the same of the other. */
  readonly own: readonly (readonly [number, number])[];
  /** Of each place in a program the one that it becomes. */
  readonly places: Uint16Array;
}

export interface LikeDevice {
  readonly name: string;
  /** In one order for all of them; no nodes where it only stands there. */
  readonly cells: readonly number[];
  readonly nodes: readonly number[];
}

export const likeDevice = (compiled: Compiled, name: string): LikeDevice => ({
  name,
  cells: cellsOf(compiled, name),
  nodes: nodesOf(compiled, name),
});

/** By kind. */
export function likeDevicesOf({ cells, nodes }: Compiled, kinds: readonly (readonly LikeDevice[])[]): LikeDevices {
  const first = Int32Array.from(cells, (_, id) => id);
  for (const [lead, ...others] of kinds)
    for (const { cells: own } of others) own.forEach((id, at) => (first[id] = lead!.cells[at]!));
  return {
    kinds,
    cells: first,
    exchanges: kinds.flatMap((alike) => alike.slice(1).map((one, at) => between(alike[at]!, one))),
  };

  function between(one: LikeDevice, other: LikeDevice): DevicePair {
    const places = Uint16Array.from(nodes, (_, at) => at);
    one.nodes.forEach((node, rank) => {
      const twin = other.nodes[rank];
      if (twin === undefined) return;
      places[node] = twin;
      places[twin] = node;
    });
    const own = one.cells.map((id, at) => [id, other.cells[at]!] as const);
    return { devices: [one.name, other.name], own, places };
  }
}
