import type { Operation } from '@busward/core';
import type { Compiled, Start } from '../tables/compile.ts';
import type { Only } from '../tables/moves.ts';
import type { Row } from '../tables/table.ts';
import type { LikeUsers } from '../users/like-users.ts';
import type { LikeDevices } from './like-devices.ts';

/** Two that are alike. */
interface Twins {
  readonly own: readonly (readonly [number, number])[];
  readonly naming: readonly { readonly id: number; readonly values: readonly [number, number] }[];
  readonly places: Uint16Array;
  /** Whether an operation is one of the other's. */
  isOther(operation: Operation): boolean;
}

/** More are not looked at. */
const MOST = 30;

/** Says which two are in nothing different in a state, as bits: what the one of them can start, the other can, with the same to come of it. */
export function sameNow({ cells }: Compiled, twins: readonly Twins[]): (row: Row) => number {
  const first = cells.length;
  return (row) => {
    let same = 0;
    for (let at = 0; at < twins.length; at++) if (isSame(twins[at]!, row)) same |= 1 << at;
    return same;
  };

  function isSame({ own, naming, places }: Twins, row: Row): boolean {
    for (let at = 0; at < own.length; at++) if (row[own[at]![0]] !== row[own[at]![1]]) return false;
    for (let at = 0; at < naming.length; at++) {
      const { id, values } = naming[at]!;
      if (row[id] === values[0] || row[id] === values[1]) return false;
    }
    for (let slot = first; slot < row.length; slot++) if (places[row[slot]!] !== row[slot]) return false;
    return true;
  }
}

export function twinsOf(devices: LikeDevices | undefined, likeUsers: LikeUsers | undefined): readonly Twins[] {
  const users = likeUsers?.exchanges ?? [];
  return [
    ...users.map((one) => ({
      ...one,
      isOther: (operation: Operation) => 'user' in operation && operation.user === one.users[1],
    })),
    ...(devices?.exchanges ?? []).map((one) => ({
      ...one,
      naming: [],
      isOther: (operation: Operation) => 'device' in operation && operation.device === one.devices[1],
    })),
  ].slice(0, MOST);
}

/** Of what two that are in nothing different can start, that of the one is enough. */
export const without = (starts: readonly Start[], twins: readonly Twins[], same: number): readonly Start[] =>
  starts.filter(({ operation }) => !twins.some((two, at) => (same & (1 << at)) !== 0 && two.isOther(operation)));

/** Everything that can happen in a state, but that of two that are in nothing different only the one starts. */
export function startingOnce(compiled: Compiled, devices: LikeDevices, likeUsers?: LikeUsers): (row: Row) => Only {
  const [idle] = compiled.nodes;
  const twins = twinsOf(devices, likeUsers);
  const sameIn = sameNow(compiled, twins);
  const nodes = new Uint8Array(compiled.nodes.length).fill(1);
  const known = new Map<number, Only>();
  const nothing: Only = { starts: [], nodes };
  return (row) => {
    // Places are in order, and the first is between operations.
    if (row[compiled.cells.length] !== 0) return nothing;
    const same = sameIn(row);
    let only = known.get(same);
    if (!only) {
      only = { starts: idle?.kind === 'idle' ? without(idle.starts, twins, same) : [], nodes };
      known.set(same, only);
    }
    return only;
  };
}
