import type { Compiled } from '../tables/compile.ts';
import { sortSlots, type Move } from '../tables/moves.ts';
import type { LikeDevices } from '../devices/like-devices.ts';
import type { Row } from '../tables/table.ts';
import { exchangeCells, exchangeOf, type Exchange, type Naming } from './exchange.ts';

/**
 * Those who can be exchanged. Of states that differ in nothing but who is who a search keeps one: in it they stand in order
 * of what can be told of them.
 */
export interface Ordering {
  readonly members: readonly Member[];
  /** Neighbours in a class. */
  readonly exchanges: readonly Pick<Exchange, 'own' | 'naming' | 'places'>[];
  /** Which neighbours to compare, one after the other, until all are in order; and which members they are. */
  readonly rounds: readonly { readonly exchange: number; readonly one: number; readonly other: number }[];
  /** 1 for each cell, and for each place, that tells them apart: a move that has to do with none leaves them in order. */
  readonly cells: Uint8Array;
  readonly places: Uint8Array;
}

/** Users who can be exchanged. */
export interface LikeUsers extends Ordering {
  /** Who is like whom, by name. */
  readonly classes: readonly (readonly string[])[];
  readonly exchanges: readonly Exchange[];
}

/** What makes one's number: a sum of weights, the same for who is exchanged with him as for him. */
interface Member {
  readonly own: readonly { readonly id: number; readonly weight: number }[];
  readonly naming: readonly { readonly id: number; readonly value: number; readonly weight: number }[];
  /** Of each place in a program. */
  readonly places: Int32Array;
}

/**
 * Nothing if no two users of the system look alike. Where `devices` are put in order, too, what is said of one of them weighs as
 * much as what is said of another.
 */
export function likeUsersOf(compiled: Compiled, devices?: LikeDevices): LikeUsers | undefined {
  if (!compiled.symmetric) return undefined;
  const classes: string[][] = [];
  const exchanges: Exchange[][] = [];
  for (const { name } of compiled.system.kernel.machine.users) {
    const found = classes.some((own, at) => {
      const exchange = exchangeOf(compiled, [own.at(-1)!, name]);
      if (exchange) {
        own.push(name);
        exchanges[at]!.push(exchange);
      }
      return exchange !== undefined;
    });
    if (found) continue;
    classes.push([name]);
    exchanges.push([]);
  }
  const all = exchanges.flat();
  if (all.length === 0 || !commute(all, devices?.exchanges)) return undefined;
  const some = exchanges.filter(({ length }) => length > 0);
  const members = some.flatMap((own) => membersOf(own, all, devices));
  const cells = new Uint8Array(compiled.cells.length);
  for (const { own, naming } of members) for (const { id } of [...own, ...naming]) cells[id] = 1;
  const places = Uint8Array.from(compiled.nodes, (_, at) => (isShared(all, at) ? 0 : 1));
  const together = classes.filter(({ length }) => length > 1);
  const rounds = roundsOf(together.map(({ length }) => length));
  return { classes: together, members, exchanges: all, rounds, cells, places };
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

/** Whether it is the same in which order users and devices are exchanged, so that tables which agree on one say all of both. */
const commute = (users: readonly Exchange[], devices: LikeDevices['exchanges'] = []): boolean =>
  users.every(({ places }) =>
    devices.every(({ places: moved }) => places.every((place, at) => moved[place] === places[moved[at]!])),
  );

/** Nobody's place: no exchange makes another of it. */
const isShared = (exchanges: readonly Exchange[], place: number): boolean =>
  exchanges.every(({ places }) => places[place] === place);

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
 * Puts those of a row in order, and says whether they were not. Any order would do: where two states of one kind come out different, both are looked at.
 */
export function puttingInOrder({ members, exchanges, rounds }: Ordering, compiled: Compiled): (row: Row) => boolean {
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
  return (row) => {
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
    const changed = orderByNumber(rounds, numbers, (exchange) => exchangeTwo(exchanges[exchange]!, compiled, row));
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

/** The state, and every other that differs from it in who is who only. */
export function exchangedIn(likeUsers: LikeUsers | undefined, compiled: Compiled, state: Row): readonly Row[] {
  const found = new Map([[state.join(), state.slice()]]);
  for (const one of found.values())
    for (const exchange of likeUsers?.exchanges ?? []) {
      const other = one.slice();
      exchangeTwo(exchange, compiled, other);
      sortSlots(compiled, other);
      found.set(other.join(), found.get(other.join()) ?? other);
    }
  return [...found.values()];
}

/** Exchanges two in a whole state, and leaves slots in no order. */
function exchangeTwo(exchange: Ordering['exchanges'][number], { cells }: Compiled, row: Row): void {
  exchangeCells(exchange, row);
  for (let slot = cells.length; slot < row.length; slot++) row[slot] = exchange.places[row[slot]!]!;
}

/** The users of one class, each told by the exchange with the one before him. */
function membersOf(own: readonly Exchange[], all: readonly Exchange[], devices?: LikeDevices): readonly Member[] {
  const [first] = own;
  const others = all.filter((exchange) => exchange !== first);
  const moves = [...others, ...(devices?.exchanges ?? [])].map(({ places: moved }) => moved);
  let places = weightsOf(first!.places.length, moves).map((weight, at) => (isShared(all, at) ? 0 : weight));
  // Cells of all users have one order, and so have those that name them.
  const cellRanks = ranksOf(first!.own.map(([id]) => ({ id, says: 0 })));
  const namingRanks = ranksOf(first!.naming.map(({ id, values: [value] }) => ({ id, says: value })));
  const member = (cells: readonly number[], naming: readonly Naming[], side: 0 | 1): Member => ({
    own: cells.map((id, at) => ({ id, weight: weightOf(cellRanks[at]!) })),
    naming: naming.map(({ id, values }, at) => ({
      id,
      value: values[side],
      weight: weightOf(cells.length + namingRanks[at]!),
    })),
    places,
  });
  const ofFirst = member(
    first!.own.map(([id]) => id),
    first!.naming,
    0,
  );
  return [
    ofFirst,
    ...own.map((exchange) => {
      const before = places;
      places = before.map((_, at) => before[exchange.places[at]!]!);
      return member(
        exchange.own.map(([, id]) => id),
        exchange.naming,
        1,
      );
    }),
  ];

  /** Where what says the same of the first of like devices stands. */
  function ranksOf(told: readonly { readonly id: number; readonly says: number }[]): readonly number[] {
    return told.map(({ id, says }, at) => {
      const rank = told.findIndex((one) => one.id === (devices?.cells[id] ?? id) && one.says === says);
      return rank < 0 ? at : rank;
    });
  }
}

/** Places weigh the same if exchanging others makes one of the other. */
function weightsOf(count: number, others: readonly Uint16Array[]): Int32Array {
  const orbit = Int32Array.from({ length: count }, (_, at) => at);
  for (let changed = true; changed;) {
    changed = false;
    for (const places of others)
      for (let at = 0; at < count; at++) {
        const least = Math.min(orbit[at]!, orbit[places[at]!]!);
        changed ||= orbit[at] !== least;
        orbit[at] = least;
      }
  }
  return orbit.map((at) => weightOf(1000 + at));
}

/** Numbers without a pattern. */
export function weightOf(at: number): number {
  let value = Math.imul(at + 1, 0x9e3779b1);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) | 1;
}
