import { PluginError } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import { situationsIn } from '../tables/situations.ts';
import type { Row, Situation, Table } from '../tables/table.ts';
import type { InBetween } from './in-between.ts';

/** So many situations of a table are looked at for one, where it reads more in between. */
const MOST = 64;

export interface Asking {
  /** What a table does in between, in a situation otherwise as one that came up; nothing if there are too many. */
  of<T>(table: Table<T>, here: Situation<unknown>, one: InBetween): readonly Situation<T>[] | undefined;
  /** What was asked has come up, from then on. Says whether that was anything new. */
  comeUp(): boolean;
}

export function askingIn({ cells, initial, bits }: Compiled): Asking {
  const situationsOf = situationsIn(cells, initial, 'only asked');
  const row: Row = initial.slice();
  // What nobody writes is known.
  const constant = Uint8Array.from(cells, ({ id }) => (bits[id] === 0 ? 1 : 0));
  const isKnown = constant.slice();
  const asked = new Map<Table<unknown>, Set<Situation<unknown>>>();
  const set = (ids: readonly number[], to: readonly number[]): void =>
    ids.forEach((id, at) => {
      row[id] = to[at]!;
      isKnown[id] = 1;
    });
  const clear = (): void => {
    row.set(initial);
    isKnown.set(constant);
  };
  return {
    of<T>(table: Table<T>, { reads, values }: Situation<unknown>, one: InBetween) {
      set(reads, values);
      set(one.cells, one.values);
      try {
        const found = asking(table);
        const own = asked.get(table) ?? new Set();
        asked.set(table, own);
        for (const here of found ?? []) own.add(here);
        return found;
      } finally {
        clear();
      }
    },
    comeUp() {
      let isNew = false;
      for (const [table, all] of asked) {
        const before = table.learned().length;
        for (const { reads, values } of all) {
          set(reads, values);
          table.situation(row);
          clear();
        }
        isNew ||= table.learned().length > before;
      }
      asked.clear();
      return isNew;
    },
  };

  function asking<T>(table: Table<T>): readonly Situation<T>[] | undefined {
    const here = askedOf(table);
    if (!here || here.reads.every((id) => isKnown[id] === 1)) return here && [here];
    const given = [...isKnown.keys()].filter((id) => isKnown[id] === 1);
    return situationsOf(
      table,
      given,
      given.map((id) => row[id]!),
      MOST,
    );
  }

  function askedOf<T>(table: Table<T>): Situation<T> | undefined {
    try {
      return table.asked(row);
    } catch (error) {
      if (error instanceof PluginError) return undefined;
      throw error;
    }
  }
}
