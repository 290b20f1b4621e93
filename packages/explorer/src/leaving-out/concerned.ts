import type { Situation, Table } from '../tables/table.ts';
import type { AllInBetween, InBetween } from './in-between.ts';

/**
 * Finds what of a table may be of a state that is looked at instead of one in between, and reads something that is otherwise there.
 * Both are found by what they say of a cell: there are many of both, and few go together.
 */
export interface Concerned {
  /** Tells each situation that has come up and each state in between once: what is new since it was asked of the table, for the same. */
  tell<T>(table: Table<T>, to: (here: Situation<T>, one: InBetween) => void, why?: unknown): void;
}

/** Numbers of those that say this of a cell. */
type Saying = Map<number, number[]>;

interface Told {
  readonly why: unknown;
  readonly saying: Saying;
  situations: number;
  others: number;
}

export function concernedIn(all: AllInBetween): Concerned {
  const some: Changed[] = [];
  const saying: Saying = new Map();
  const known = new Map<Table<unknown>, Told>();
  let size = 0;
  return { tell };

  function tell<T>(table: Table<T>, to: (here: Situation<T>, one: InBetween) => void, why?: unknown): void {
    catchUp();
    let told = known.get(table);
    if (!told || told.why !== why) known.set(table, (told = { why, saying: new Map(), situations: 0, others: 0 }));
    const { situations, others } = told;
    const learned = table.learned();
    const { length } = learned;
    for (let at = situations; at < length; at++) {
      const { reads, values } = learned[at]!;
      reads.forEach((id, read) => note(told.saying, id, values[read]!, at));
    }
    told.situations = length;
    told.others = some.length;
    for (const [key, numbers] of told.saying)
      for (const other of saying.get(key) ?? none) {
        const one = some[other]!;
        for (const number of numbers)
          if ((number >= situations || other >= others) && isFirst(key, learned[number]!, one))
            to(learned[number]!, one);
      }
  }

  function catchUp(): void {
    if (size === all.size) return;
    for (const one of [...all.values()].slice(size)) {
      const changed = one.cells.flatMap((id, at) => (one.values[at] === one.instead[at] ? [] : [id]));
      // But for locks, for which others wait.
      if (changed.every((id) => one.held.has(id))) continue;
      const number = some.push({ ...one, changed }) - 1;
      one.cells.forEach((id, at) => {
        if (changed.includes(id)) note(saying, id, one.instead[at]!, number);
      });
    }
    size = all.size;
  }
}

interface Changed extends InBetween {
  readonly changed: readonly number[];
}

/** It may be of that state, and this is the first of the cells that it reads of those that are otherwise. */
function isFirst(key: number, { reads, values }: Situation<unknown>, { cells, instead, changed }: Changed): boolean {
  if (changed.find((id) => reads.includes(id)) !== cellOf(key)) return false;
  for (let at = 0; at < cells.length; at++) {
    const read = reads.indexOf(cells[at]!);
    if (read >= 0 && values[read] !== instead[at]) return false;
  }
  return true;
}

function note(saying: Saying, cell: number, value: number, number: number): void {
  const key = cell * VALUES + value;
  const those = saying.get(key);
  if (those) those.push(number);
  else saying.set(key, [number]);
}

const VALUES = 0x1_0000;
const cellOf = (key: number): number => Math.floor(key / VALUES);
const none: readonly number[] = [];
