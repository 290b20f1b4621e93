import type { Compiled } from '../tables/compile.ts';
import { groupBy } from '../group-by.ts';
import { roundsOf, weightOf, type Ordering } from '../likeness/ordering.ts';
import type { LikeDevice, LikeDevices } from './like-devices.ts';

export interface DeviceOrdering extends Ordering {
  /** Cells of a device that are one number where they are kept side by side. */
  readonly blocks: readonly (readonly number[])[];
}

/** An order for like devices: that of a sum of weights of what each has, the same for all of a kind. */
export function devicesInOrder({ cells, nodes, bits }: Compiled, { kinds, exchanges }: LikeDevices): DeviceOrdering {
  const ofCell = new Uint8Array(cells.length);
  const ofPlace = new Uint8Array(nodes.length);
  const blocks: number[][] = [];
  const members = kinds.flatMap((kind) => {
    const ranks = ranksOf(kind);
    return kind.map((device) => {
      const places = new Int32Array(nodes.length);
      device.cells.forEach((id) => (ofCell[id] = 1));
      device.nodes.forEach((node, rank) => {
        ofPlace[node] = 1;
        places[node] = weightOf(device.cells.length + rank);
      });
      // What nobody writes is the same of all of them, and takes no bits in linear memory.
      const own = device.cells.flatMap((id, rank) => (bits[id] === 0 ? [] : [{ id, ...ranks[rank]! }]));
      for (const some of groupBy(own, ({ block }) => block).values()) blocks.push(some.map(({ id }) => id));
      return { own, naming: [], places };
    });
  });
  return {
    members,
    exchanges: exchanges.map(({ own, places }) => ({ own, places, naming: [] })),
    rounds: roundsOf(kinds.map(({ length }) => length)),
    cells: ofCell,
    places: ofPlace,
    blocks,
  };

  /** Cells weigh what they do in a number of 32 bits, times that of the number, so that it can be weighed in one piece. */
  function ranksOf(kind: readonly LikeDevice[]): readonly { readonly block: number; readonly weight: number }[] {
    let block = 0;
    let at = 0;
    return kind[0]!.cells.map((_, rank) => {
      const need = Math.max(...kind.map(({ cells: own }) => bits[own[rank]!]!));
      if (at + need > 32) [block, at] = [block + 1, 0];
      const weight = weightOf(block) << at;
      at += need;
      return { block, weight };
    });
  }
}
