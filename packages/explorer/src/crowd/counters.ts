import type { Cell, System } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import { forEachMove, type Only } from '../tables/moves.ts';
import { stateSet } from '../search/state-set.ts';
import { sum } from './counts.ts';

/** A cell that counts, told as what it is beyond the number of devices for which other cells are true. */
export interface Counter {
  readonly cell: Cell<number>;
  /** Of each device, the cells that are counted; none: it is told as it is. */
  readonly counts: readonly Cell[];
  /** What was seen of the difference; anything else is only told as zero or more. */
  readonly low: number;
  readonly high: number;
}

const LOOK_AT = 1_000;
const WIDEST = 3;
/** Sums that are tried for one cell. */
const MOST_SUMS = 4_000;

/**
 * Finds, for each cell with numbers in it, which cells of the devices it counts: a count of kernel drivers and of a user's
 * devices is the sum of two. It is the fewest from whose sum it strays least in the states that are nearest to the initial
 * one. A guess: what is made of it holds whether or not it is right.
 */
export function countersOf(compiled: Compiled): readonly Counter[] {
  const numeric = compiled.cells.filter((cell) => cell.values.length > 2 && cell.values.every(isNumber));
  const families = perDevice(compiled.system);
  const seen = new Map<string, readonly number[]>();
  forEachNearState(compiled, (row) => {
    const told = [...numeric.map(({ id }) => row[id]!), ...families.map((cells) => sum(cells, row))];
    seen.set(told.join(), told);
  });
  const states = [...seen.values()];
  const varying = families.flatMap((cells, at) => {
    const column = states.map((told) => told[numeric.length + at]!);
    return column.some((one) => one !== column[0]) ? [{ cells, column }] : [];
  });
  return numeric.map((cell, at) => {
    const column = states.map((told) => told[at]!);
    let best: Omit<Counter, 'cell'> = { counts: [], ...rangeOf(column) };
    let left = MOST_SUMS;
    varying.every((_, before) =>
      forEachSum(before + 1, 0, column, [], (counts, rest) => {
        const range = rangeOf(rest);
        if (range.high - range.low < best.high - best.low) best = { counts, ...range };
        return best.high > best.low && --left > 0;
      }),
    );
    return { cell: cell as Cell<number>, ...best, high: Math.min(best.high, best.low + WIDEST) };
  });

  /** Takes away `size` more families, of those from `from` on, in every way; says whether to go on. */
  function forEachSum(
    size: number,
    from: number,
    rest: readonly number[],
    counts: readonly Cell[],
    visit: (counts: readonly Cell[], rest: readonly number[]) => boolean,
  ): boolean {
    if (size === 0) return visit(counts, rest);
    return varying.slice(from, varying.length - size + 1).every(({ cells, column }, at) =>
      forEachSum(
        size - 1,
        from + at + 1,
        rest.map((one, state) => one - column[state]!),
        [...counts, ...cells],
        visit,
      ),
    );
  }
}

const isNumber = (value: unknown, at: number): boolean => value === at;

function rangeOf(column: readonly number[]): { readonly low: number; readonly high: number } {
  return { low: Math.min(...column), high: Math.max(...column) };
}

/** Cells that are true or false of a device, by what they say of it, and by group. */
function perDevice({ kernel: { layout, machine } }: System): readonly (readonly Cell[])[] {
  const families = new Map<string, Cell[]>();
  const put = (family: string, cells: object): void => {
    for (const [key, cell] of Object.entries(cells) as [string, Cell][])
      if (cell.values.length === 2 && cell.values[1] === true)
        families.set(`${family} ${key}`, [...(families.get(`${family} ${key}`) ?? []), cell]);
  };
  for (const { name, group } of machine.devices) {
    put(`${group}`, layout.device(name));
    for (const user of machine.users) put(`${group} ${user.name}`, layout.file(user.name, name));
  }
  return [...families.values()];
}

/** Those with one operation under way at a time, which lead further, and those with as many as can be. */
function forEachNearState(compiled: Compiled, visit: (row: Uint16Array) => void): void {
  const { initial, bits, slots, cells, nodes } = compiled;
  const none: Only = { starts: [], nodes: new Uint8Array(nodes.length).fill(1) };
  for (const oneByOne of [true, false]) {
    const seen = stateSet(bits, slots);
    const row = initial.slice();
    seen.add(initial);
    visit(initial);
    for (let current = 0; current < seen.size && seen.size < LOOK_AT; current++) {
      seen.read(current, row);
      const busy = row.subarray(cells.length).some((node) => nodes[node]!.kind === 'at');
      const add = (move: { readonly failure: Error | undefined; readonly writes: readonly number[] }): void => {
        if (!move.failure && seen.addAfter(current, row, move.writes) >= 0) visit(row);
      };
      forEachMove(compiled, row, add, oneByOne && busy ? none : undefined);
    }
  }
}
