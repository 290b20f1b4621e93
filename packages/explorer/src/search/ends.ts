import type { Compiled } from '../tables/compile.ts';
import { usualLimits, type Limits } from './explore.ts';
import { forEachMove, throwUnlessOutOfRange } from '../tables/moves.ts';
import type { Indices } from '../naive/plain.ts';
import { stateSet } from './state-set.ts';
import type { Row } from '../tables/table.ts';

/** How an execution ends. 'blocked': somebody waits for what never comes; 'out of range': P4, which is not followed. */
export interface End {
  readonly kind: 'done' | 'blocked' | 'crashed' | 'out of range';
  readonly cells: Indices;
}

export interface Ends {
  /** Each once. */
  readonly ends: readonly End[];
  readonly states: number;
  /** All reachable states were seen. */
  readonly complete: boolean;
}

/** Goes through all states of written actors, and collects the ends. */
export function endsOf(compiled: Compiled, limits: Limits = usualLimits): Ends {
  const { cells, slots, nodes, bits, initial } = compiled;
  const seen = stateSet(bits, slots);
  const row: Row = initial.slice();
  const crashed = new Set<number>();
  const ends = new Map<string, End>();
  seen.add(row);
  let current = 0;
  for (; current < seen.size && seen.size <= limits.maxStates; current++) {
    seen.read(current, row);
    let moved = false;
    if (!crashed.has(current))
      forEachMove(compiled, row, (move) => {
        moved = true;
        if (move.failure) {
          throwUnlessOutOfRange(compiled, move, move.failure);
          return keep('out of range');
        }
        const number = seen.addAfter(current, row, move.writes);
        if (number >= 0 && move.crashed) crashed.add(number);
      });
    if (!moved) keep(crashed.has(current) ? 'crashed' : isOver() ? 'done' : 'blocked');
  }
  return { ends: [...ends.values()], states: seen.size, complete: current === seen.size };

  function keep(kind: End['kind']): void {
    const end = { kind, cells: [...row.subarray(0, cells.length)] };
    ends.set(`${kind} ${end.cells.join()}`, end);
  }

  function isOver(): boolean {
    return row.subarray(cells.length).every((value) => {
      const node = nodes[value]!;
      return node.kind === 'idle' && node.starts.length === 0;
    });
  }
}
