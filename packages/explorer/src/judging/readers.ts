import type { Cell, System } from '@busward/core';
import type { StateJudge } from './judges.ts';
import type { Row } from '../tables/table.ts';

/*
 * Which judges to ask of a new state. What has been judged of the state before it holds on as long as nothing is written that
 * was read there. So a judge is asked only if somebody wrote what it has read, in any state so far, of any device or user of
 * the group: where like ones are exchanged a state stands for others, in which it is another's.
 */

export interface Readers {
  /** Judges, by number, to ask once this cell was written. */
  of(cell: number): readonly number[];
  /** What a cell says, as a number: the same for cells of which the same judges are readers. */
  role(cell: number): number;
  /** Cells that a judge may have read. */
  readBy(judge: number): readonly number[];
  /** Takes in what judges have read since then, and says whether that was anything new. */
  catchUp(): boolean;
}

/** Readers by what they have read so far. */
export function readersSoFar(judges: readonly StateJudge[], system: System): Readers {
  const roles = rolesOf(system);
  const cells = groupCells(roles);
  const readers: number[][] = cells.map(() => []);
  const taken = judges.map(() => 0);
  return {
    of: (cell) => readers[roles[cell]!]!,
    role: (cell) => roles[cell]!,
    readBy: (judge) => cells.flatMap((some, role) => (readers[role]!.includes(judge) ? some : [])),
    catchUp() {
      let isMore = false;
      for (let judge = 0; judge < judges.length; judge++) {
        const all = judges[judge]!.table.learned();
        for (; taken[judge]! < all.length; taken[judge]!++)
          for (const cell of all[taken[judge]!]!.reads) {
            const known = readers[roles[cell]!]!;
            if (known.includes(judge)) continue;
            known.push(judge);
            known.sort((a, b) => a - b);
            isMore = true;
          }
      }
      return isMore;
    },
  };
}

/** Readers by what they may read: where a state is judged whose like was not, as in pictures of a crowd. */
export function readersEver(judges: readonly StateJudge[], { cells }: System): Readers {
  const readers = cells.map((cell) => judges.flatMap(({ reads }, judge) => (reads.includes(cell) ? [judge] : [])));
  return {
    of: (cell) => readers[cell]!,
    role: (cell) => cell,
    readBy: (judge) => judges[judge]!.reads.map(({ id }) => id),
    catchUp: () => false,
  };
}

/** Asks the readers of what was written (cell, value, ...) about a new state, each once. */
export function askingOf(readers: Readers, ask: (judge: number, number: number, row: Row) => void) {
  const asked: number[] = [];
  return (writes: readonly number[], number: number, row: Row): void => {
    readers.catchUp();
    for (let at = 0; at < writes.length; at += 2)
      for (const judge of readers.of(writes[at]!))
        if (asked[judge] !== number) {
          asked[judge] = number;
          ask(judge, number, row);
        }
  };
}

/** Of each cell what it says, as a number, whichever device or user of the group it says it of. */
function rolesOf({ kernel: { layout, machine }, cells }: System): Int32Array {
  const roles = new Int32Array(cells.length);
  const numbers = new Map<string, number>();
  const name = (what: string, some: object): void => {
    for (const [key, cell] of Object.entries(some) as [string, Cell][]) {
      const role = `${what}.${key}`;
      if (!numbers.has(role)) numbers.set(role, numbers.size);
      roles[cell.id] = numbers.get(role)!;
    }
  };
  for (const group of machine.groups) name(`group ${group}`, layout.group(group));
  for (const device of machine.devices) {
    name(`device of ${device.group}`, layout.device(device.name));
    for (const user of machine.users) name(`file of ${device.group}`, layout.file(user.name, device.name));
  }
  for (const user of machine.users)
    for (const group of machine.groups) name(`session with ${group}`, layout.session(user.name, group));
  return roles;
}

function groupCells(roles: Int32Array): readonly (readonly number[])[] {
  const cells: number[][] = Array.from({ length: Math.max(...roles) + 1 }, () => []);
  roles.forEach((role, cell) => cells[role]!.push(cell));
  return cells;
}
