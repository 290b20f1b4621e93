import type { Compiled } from '../tables/compile.ts';
import { nodesOf } from '../tables/nodes-of.ts';
import type { Crowd } from './sketch.ts';

/** Which actor of a crowd an operation is at. Rows and pictures have their slots from `first` on. */
export interface Actors {
  /** Actors that operations are at, one bit each, over all crowds. */
  busy(row: Uint16Array, first: number): number;
  isAt(crowd: number, actor: number, row: Uint16Array, first: number): boolean;
  /** Actors that operations are at, in the order of where those are. */
  order(crowd: number, row: Uint16Array, first: number): readonly number[];
  /** Gives the first in `order` the name of the first actor, and so on. */
  rename(crowd: number, order: readonly number[], picture: Uint16Array, first: number): void;
}

/** `compiled` has the nodes by number, and all ways between them. */
export function actorsOf(compiled: Compiled, crowds: readonly Crowd[]): Actors {
  const { nodes } = compiled;
  const owners = crowds.map(() => new Int16Array(nodes.length).fill(-1));
  // By crowd: of each actor, the nodes of its operations, in one order.
  const named = crowds.map(({ actors }) => actors.map((actor) => nodesOf(compiled, actor)));
  named.forEach((lists, crowd) => lists.forEach((order, at) => order.forEach((node) => (owners[crowd]![node] = at))));
  const ranks = named.map((orders) => {
    const rank = new Int32Array(nodes.length);
    orders.forEach((order) => order.forEach((node, at) => (rank[node] = at)));
    return rank;
  });
  const bits = new Int32Array(nodes.length);
  let before = 0;
  crowds.forEach(({ actors }, crowd) => {
    owners[crowd]!.forEach((actor, node) => actor >= 0 && (bits[node] = 1 << (before + actor)));
    before += actors.length;
  });
  // Written again each time: this is asked for every picture that is drawn. Of each actor, ranks of the places it is at.
  const found = new Int32Array(before);
  const counts = new Int32Array(before);
  const places = Array.from({ length: before }, () => new Int32Array(compiled.slots));
  // By what is in them, as a number.
  const lists = new Map<number, readonly number[]>();

  return {
    busy(row, first) {
      let busy = 0;
      for (let at = first; at < row.length; at++) busy |= bits[row[at]!]!;
      return busy;
    },
    isAt(crowd, actor, row, first) {
      for (let at = first; at < row.length; at++) if (owners[crowd]![row[at]!] === actor) return true;
      return false;
    },
    order(crowd, row, first) {
      const owner = owners[crowd]!;
      let length = 0;
      for (let at = first; at < row.length; at++) {
        const actor = owner[row[at]!]!;
        if (actor < 0) continue;
        const own = places[actor]!;
        if (counts[actor] === 0) found[length++] = actor;
        const rank = ranks[crowd]![row[at]!]!;
        let to = counts[actor]!++;
        for (; to > 0 && own[to - 1]! > rank; to--) own[to] = own[to - 1]!;
        own[to] = rank;
      }
      // Few: Array.sort would make a copy.
      for (let at = 1; at < length; at++)
        for (let to = at; to > 0 && compare(found[to - 1]!, found[to]!) > 0; to--) {
          const later = found[to - 1]!;
          found[to - 1] = found[to]!;
          found[to] = later;
        }
      let key = 0;
      for (let at = 0; at < length; at++) {
        key = key * (before + 1) + found[at]! + 1;
        counts[found[at]!] = 0;
      }
      let list = lists.get(key);
      if (!list) lists.set(key, (list = [...found.subarray(0, length)]));
      return list;
    },
    rename(crowd, order, picture, first) {
      const owner = owners[crowd]!;
      for (let slot = first; slot < picture.length; slot++) {
        const node = picture[slot]!;
        const to = order.indexOf(owner[node]!);
        if (owner[node]! >= 0) picture[slot] = named[crowd]![to]![ranks[crowd]![node]!]!;
      }
    },
  };

  function compare(one: number, other: number): number {
    const [a, b] = [places[one]!, places[other]!];
    const most = counts[one]!;
    if (most !== counts[other]) return counts[other]! - most;
    for (let at = 0; at < most; at++) if (a[at] !== b[at]) return a[at]! - b[at]!;
    return one - other;
  }
}
