import type { Compiled } from '@busward/explorer';
import { forEachMove } from '../src/tables/moves.ts';

/** How many states there are, and all that some cells say in them, by a search of its own; unless there are more than `most`. */
export function reached(
  compiled: Compiled,
  cells: readonly number[] = compiled.cells.map(({ id }) => id),
  most = Infinity,
  look: (row: Uint16Array) => void = () => {},
): { readonly states: number; readonly said: readonly string[]; readonly complete: boolean } {
  const seen = new Map([[compiled.initial.join(), compiled.initial.slice()]]);
  const after = compiled.initial.slice();
  let left = most;
  for (const row of seen.values()) {
    if (left-- === 0) break;
    look(row);
    after.set(row);
    forEachMove(compiled, after, ({ failure, crashed }) => {
      if (!failure && !crashed && !seen.has(after.join())) seen.set(after.join(), after.slice());
    });
  }
  const said = [...seen.values()].map((row) => cells.map((id) => row[id]).join());
  return { states: seen.size, said: [...new Set(said)].toSorted(), complete: left >= 0 };
}
