import type { Compiled } from '../tables/compile.ts';
import { sortSlots, type Move } from '../tables/moves.ts';
import type { Row } from '../tables/table.ts';

/**
 * Those who can be exchanged. Of states that differ in nothing but who is who a search keeps one: in it they stand in order
 * of what can be told of them.
 */
export interface Ordering {
  readonly members: readonly Member[];
  /** Neighbours in a class. */
  readonly exchanges: readonly Swap[];
  /** Which neighbours to compare, one after the other, until all are in order; and which members they are. */
  readonly rounds: readonly { readonly exchange: number; readonly one: number; readonly other: number }[];
  /** 1 for each cell, and for each place, that tells them apart: a move that has to do with none leaves them in order. */
  readonly cells: Uint8Array;
  readonly places: Uint8Array;
}

/** What has to be exchanged in a state for each of two to be where the other was. */
export interface Swap {
  /** Cells of the one, and the same of the other. */
  readonly own: readonly (readonly [number, number])[];
  /** Cells that can name them, with the value for the one and that for the other. */
  readonly naming: readonly Naming[];
  /** Of each place in a program the one that it becomes. */
  readonly places: Uint16Array;
}

export interface Naming {
  readonly id: number;
  readonly values: readonly [number, number];
}

export type PutInOrder = (row: Row, tell?: (exchanged: Swap) => void) => boolean;

/** What makes one's number: a sum of weights, the same for who is exchanged with him as for him. */
export interface Member {
  readonly own: readonly { readonly id: number; readonly weight: number }[];
  readonly naming: readonly { readonly id: number; readonly value: number; readonly weight: number }[];
  /** Of each place in a program. */
  readonly places: Int32Array;
}

/** Neighbours in classes of such sizes, in the order in which comparing them puts all in order. */
export function roundsOf(sizes: readonly number[]): Ordering['rounds'] {
  const rounds: Ordering['rounds'][number][] = [];
  let member = 0;
  let exchange = 0;
  for (const size of sizes) {
    for (let last = size - 1; last > 0; last--)
      for (let at = 0; at < last; at++)
        rounds.push({ exchange: exchange + at, one: member + at, other: member + at + 1 });
    member += size;
    exchange += size - 1;
  }
  return rounds;
}

/** Whether they may have to be put in order after a move, if they were before. */
export function mayDisorder({ cells, places }: Ordering, { nodes }: Compiled): (move: Move) => boolean {
  const steps = new Set(nodes.filter((_, at) => places[at] === 1));
  return ({ at, outcome, writes }) => {
    const to = at.next[outcome]?.to;
    if (steps.has(at) || (to !== undefined && places[to] === 1)) return true;
    for (let write = 0; write < writes.length; write += 2) if (cells[writes[write]!] === 1) return true;
    return false;
  };
}

/**
 * Puts those of a row in order, and says whether they were not, and if it is asked who is exchanged with whom, one after the other. Any
 * order would do: where two states of one kind come out different, both are looked at.
 */
export function puttingInOrder({ members, exchanges, rounds }: Ordering, compiled: Compiled): PutInOrder {
  const first = compiled.cells.length;
  const end = first + compiled.slots;
  const all = members.map(({ own, naming, places }) => ({
    ids: Int32Array.from(own, ({ id }) => id),
    weights: Int32Array.from(own, ({ weight }) => weight),
    naming,
    places,
  }));
  // Written again each time: this is asked after most moves.
  const numbers = new Float64Array(members.length);
  return (row, tell) => {
    for (let member = 0; member < all.length; member++) {
      const { ids, weights, naming, places } = all[member]!;
      let sum = 0;
      for (let at = 0; at < ids.length; at++) {
        const value = row[ids[at]!]!;
        if (value !== 0) sum = (sum + Math.imul(value, weights[at]!)) | 0;
      }
      for (let at = 0; at < naming.length; at++) {
        const { id, value, weight } = naming[at]!;
        if (row[id] === value) sum = (sum + weight) | 0;
      }
      for (let slot = first; slot < end; slot++) sum = (sum + places[row[slot]!]!) | 0;
      numbers[member] = sum >>> 0;
    }
    const changed = orderByNumber(rounds, numbers, (exchange) => {
      exchangeTwo(exchanges[exchange]!, compiled, row);
      tell?.(exchanges[exchange]!);
    });
    if (changed) sortSlots(compiled, row);
    return changed;
  };
}

/** Puts members in order of their numbers, exchanging two at a time; says whether any were. */
export function orderByNumber(
  rounds: Ordering['rounds'],
  numbers: Float64Array,
  exchangeThem: (exchange: number) => void,
): boolean {
  let changed = false;
  for (let round = 0; round < rounds.length; round++) {
    const { exchange, one, other } = rounds[round]!;
    const number = numbers[one]!;
    if (number <= numbers[other]!) continue;
    numbers[one] = numbers[other]!;
    numbers[other] = number;
    exchangeThem(exchange);
    changed = true;
  }
  return changed;
}

/** Exchanges two in a whole state, and leaves slots in no order. */
export function exchangeTwo(exchange: Swap, { cells }: Compiled, row: Row): void {
  exchangeCells(exchange, row);
  for (let slot = cells.length; slot < row.length; slot++) row[slot] = exchange.places[row[slot]!]!;
}

/** Exchanges the two in the cells of a row. */
export function exchangeCells({ own, naming }: Pick<Swap, 'own' | 'naming'>, row: Row): void {
  for (const [one, other] of own) {
    const value = row[one]!;
    row[one] = row[other]!;
    row[other] = value;
  }
  for (const { id, values } of naming)
    if (row[id] === values[0]) row[id] = values[1];
    else if (row[id] === values[1]) row[id] = values[0];
}

/** Numbers without a pattern. */
export function weightOf(at: number): number {
  let value = Math.imul(at + 1, 0x9e3779b1);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) | 1;
}
