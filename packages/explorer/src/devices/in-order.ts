import type { Compiled } from '../compile.ts';
import { roundsOf, weightOf, type Ordering } from '../users/like-users.ts';
import type { LikeDevices } from './like-devices.ts';

/** An order for like devices: that of a sum of weights of what each has, the same for all of a kind. */
export function devicesInOrder({ cells, nodes, bits }: Compiled, { kinds, exchanges }: LikeDevices): Ordering {
  const ofCell = new Uint8Array(cells.length);
  const ofPlace = new Uint8Array(nodes.length);
  const members = kinds.flat().map((device) => {
    const places = new Int32Array(nodes.length);
    device.cells.forEach((id) => (ofCell[id] = 1));
    device.nodes.forEach((node, rank) => {
      ofPlace[node] = 1;
      places[node] = weightOf(device.cells.length + rank);
    });
    // What nobody writes is the same of all of them, and takes no bits in linear memory.
    const own = device.cells.flatMap((id, rank) => (bits[id] === 0 ? [] : [{ id, weight: weightOf(rank) }]));
    return { own, naming: [], places };
  });
  return {
    members,
    exchanges: exchanges.map(({ own, places }) => ({ own, places, naming: [] })),
    rounds: roundsOf(kinds.map(({ length }) => length)),
    cells: ofCell,
    places: ofPlace,
  };
}
