import type { Start } from '../tables/compile.ts';
import type { Row } from '../tables/table.ts';
import type { Swap } from '../likeness/ordering.ts';
import type { Reduced } from '../search/reduced.ts';
import type { UserExchange } from '../users/exchange.ts';

/** More are not looked at: they are told as bits. */
const MOST = 30;

export interface SameUsers {
  /** Which two like users are in nothing different in a state, as bits: what the one can start, the other can, with the same to come of it. */
  in(row: Row): number;
  /** Of what these can start, that of the one is enough. */
  without(starts: readonly Start[], same: number): readonly Start[];
}

export function sameUsers({ cells, likeUsers }: Reduced): SameUsers {
  const first = cells.length;
  const exchanges: readonly UserExchange[] = (likeUsers?.exchanges ?? []).slice(0, MOST);
  return {
    in(row) {
      let same = 0;
      for (let at = 0; at < exchanges.length; at++) if (isSame(exchanges[at]!, row)) same |= 1 << at;
      return same;
    },
    without: (starts, same) =>
      starts.filter(
        ({ operation }) =>
          !('user' in operation) ||
          !exchanges.some(({ users }, at) => (same & (1 << at)) !== 0 && operation.user === users[1]),
      ),
  };

  function isSame({ own, naming, places }: Swap, row: Row): boolean {
    for (let at = 0; at < own.length; at++) if (row[own[at]![0]] !== row[own[at]![1]]) return false;
    for (let at = 0; at < naming.length; at++) {
      const { id, values } = naming[at]!;
      if (row[id] === values[0] || row[id] === values[1]) return false;
    }
    for (let slot = first; slot < row.length; slot++) if (places[row[slot]!] !== row[slot]) return false;
    return true;
  }
}
