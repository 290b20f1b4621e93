import type { Cell, System } from '@busward/core';
import type { Compiled } from '../compile.ts';
import { forEachMove } from '../moves.ts';
import { stateSet } from '../state-set.ts';

/** A cell that counts, told as what it is beyond the number of devices for which another cell is true. */
export interface Counter {
  readonly cell: Cell<number>;
  /** Of each device, the cell that is counted; none: it is told as it is. */
  readonly counts: readonly Cell[];
  /** What was seen of the difference; anything else is only told as zero or more. */
  readonly low: number;
  readonly high: number;
}

const LOOK_AT = 5_000;
const WIDEST = 3;

/**
 * Finds, for each cell with numbers in it, which cell of the devices it counts: the one from which it strays least in the
 * states that are nearest to the initial one. A guess: what is made of it holds whether or not it is right.
 */
export function countersOf(compiled: Compiled): readonly Counter[] {
  const numeric = compiled.cells.filter((cell) => cell.values.length > 2 && cell.values.every(isNumber));
  const candidates: readonly (readonly Cell[])[] = [[], ...perDevice(compiled.system)];
  const seen = numeric.map(() => candidates.map(() => ({ low: Infinity, high: -Infinity })));
  forEachNearState(compiled, (row) => {
    candidates.forEach((counted, candidate) => {
      let sum = 0;
      for (const { id } of counted) sum += row[id]!;
      numeric.forEach(({ id }, at) => {
        const range = seen[at]![candidate]!;
        range.low = Math.min(range.low, row[id]! - sum);
        range.high = Math.max(range.high, row[id]! - sum);
      });
    });
  });
  return numeric.map((cell, at) => {
    const widths = seen[at]!.map(({ low, high }) => high - low);
    const best = widths.indexOf(Math.min(...widths));
    const { low, high } = seen[at]![best]!;
    return { cell: cell as Cell<number>, counts: candidates[best]!, low, high: Math.min(high, low + WIDEST) };
  });
}

const isNumber = (value: unknown, at: number): boolean => value === at;

/** Cells that are true or false of a device, by what they say of it. */
function perDevice({ kernel: { layout, machine } }: System): readonly (readonly Cell[])[] {
  const families = new Map<string, Cell[]>();
  const put = (family: string, cells: object): void => {
    for (const [key, cell] of Object.entries(cells) as [string, Cell][])
      if (cell.values.length === 2 && cell.values[1] === true)
        families.set(`${family} ${key}`, [...(families.get(`${family} ${key}`) ?? []), cell]);
  };
  for (const { name } of machine.devices) {
    put('', layout.device(name));
    for (const user of machine.users) put(user.name, layout.file(user.name, name));
  }
  return [...families.values()];
}

function forEachNearState(compiled: Compiled, visit: (row: Uint16Array) => void): void {
  const { initial, bits, slots } = compiled;
  const seen = stateSet(bits, slots);
  const row = initial.slice();
  seen.add(initial);
  visit(initial);
  for (let current = 0; current < seen.size && seen.size < LOOK_AT; current++) {
    seen.read(current, row);
    forEachMove(compiled, row, (move) => {
      if (!move.failure && seen.addAfter(current, row, move.writes) >= 0) visit(row);
    });
  }
}
