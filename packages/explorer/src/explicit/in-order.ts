import type { Compiled } from '../tables/compile.ts';
import type { Reduced } from '../search/reduced.ts';
import type { Packing } from '../search/lay-out.ts';
import type { Ordering } from '../likeness/ordering.ts';
import { fieldAt } from './addresses.ts';
import { IN_ORDER } from './record.ts';
import * as wasm from './wasm.ts';
import { get, i32, i64, type Code, type Func } from './wasm.ts';

/*
 * `puttingInOrder` (users/like-users.ts) on a packed state. In memory stand, for each member, what each place weighs, for each
 * exchange, what each place becomes, and of each place a byte that says whether it tells members apart.
 */

/** Those that are put in order, one after the other, and the address of their tables. */
export function ordersIn({ likeUsers, likeDevices, nodes }: Reduced): readonly Order[] {
  let next = IN_ORDER;
  return [likeUsers, likeDevices].flatMap((of) => {
    if (!of) return [];
    const at = next;
    const bytes = at + 4 * (of.members.length + of.exchanges.length) * nodes.length;
    next = bytes + 4 * Math.ceil(nodes.length / 4);
    return [{ of, at, bytes }];
  });
}

export interface Order {
  readonly of: Ordering;
  /** Of the numbers of places, and of the bytes behind them. */
  readonly at: number;
  readonly bytes: number;
}

/** The name of the function that puts those with that number in order. */
export const inOrderOf = (number: number): string => `inOrder${number}`;

/** Puts them in order in the state at an address, and says whether that changed anything. */
export function inOrder(
  { cells, slots, nodes }: Compiled,
  { of: { members, exchanges, rounds }, at: tables }: Order,
  packing: Packing,
): Func {
  const [at, one, other, changed] = wasm.numbered(4);
  const number = members.map((_, member) => 4 + member);
  const field = (id: number): Code => fieldAt(packing, id, get(at));
  const widthOf = (id: number): number => 32 - Math.clz32(packing.masks[id]!);
  const isBeside = (some: number, next: number): boolean =>
    packing.wordOf[some] === packing.wordOf[next] && packing.shiftOf[some]! + widthOf(some) === packing.shiftOf[next];
  /** Fields side by side, as one. */
  const fieldsOf = (ids: readonly number[]): Code => {
    const width = ids.reduce((sum, id) => sum + widthOf(id), 0);
    return fieldAt({ ...packing, masks: packing.masks.with(ids[0]!, 2 ** width - 1) }, ids[0]!, get(at));
  };
  const places = Array.from({ length: slots }, (_, slot) => cells.length + slot);
  const inTable = (table: number, value: Code): Code =>
    wasm.load(wasm.shiftLeft(value, i32(2)), tables + 4 * table * nodes.length);
  /** Changes the bits of a field that are set. */
  const flip = (id: number, bits: Code): Code => {
    const word = 4 * packing.wordOf[id]!;
    return wasm.store(
      get(at),
      word,
      wasm.xor(wasm.load(get(at), word), wasm.shiftLeft(bits, i32(packing.shiftOf[id]!))),
    );
  };
  /** Puts another value there, which was in local `one`. */
  const put = (id: number, value: Code): Code => [
    wasm.set(one, field(id)),
    wasm.set(other, value),
    flip(id, wasm.xor(get(one), get(other))),
  ];

  const sums = members.map(({ own, naming }, member) =>
    wasm.set(
      number[member]!,
      [
        ...runsOf(
          own.filter(({ id }) => packing.masks[id] !== 0),
          (some, next) => isBeside(some.id, next.id) && some.weight << widthOf(some.id) === next.weight,
        ).map((run) => wasm.times(fieldsOf(run.map(({ id }) => id)), i32(run[0]!.weight))),
        ...naming.map(({ id, value, weight }) => wasm.times(wasm.equal(field(id), i32(value)), i32(weight))),
        ...places.map((id) => inTable(member, field(id))),
      ].reduce((sum, term) => wasm.plus(sum, term)),
    ),
  );
  const exchangeAll = exchanges.map(({ own, naming }, exchange): Code => [
    runsOf(
      own.filter(([id]) => packing.masks[id] !== 0),
      (some, next) => isBeside(some[0], next[0]) && isBeside(some[1], next[1]),
    ).map((run) => [
      wasm.set(one, wasm.xor(fieldsOf(run.map(([mine]) => mine)), fieldsOf(run.map(([, yours]) => yours)))),
      flip(run[0]![0], get(one)),
      flip(run[0]![1], get(one)),
    ]),
    naming.map(({ id, values: [mine, yours] }) => [
      wasm.set(one, field(id)),
      flip(
        id,
        wasm.times(wasm.or(wasm.equal(get(one), i32(mine)), wasm.equal(get(one), i32(yours))), i32(mine ^ yours)),
      ),
    ]),
    places.map((id) => put(id, inTable(members.length + exchange, get(one)))),
  ]);
  const sortSlots = Array.from({ length: slots - 1 }, (_, round) =>
    places
      .slice(0, slots - 1 - round)
      .map((id) => [
        wasm.set(one, field(id)),
        wasm.set(other, field(id + 1)),
        wasm.set(one, wasm.times(wasm.xor(get(one), get(other)), wasm.above(get(one), get(other)))),
        flip(id, get(one)),
        flip(id + 1, get(one)),
      ]),
  );
  return {
    params: ['i32'],
    result: 'i32',
    locals: Array.from({ length: 3 + members.length }, () => 'i32' as const),
    body: [
      sums,
      rounds.map(({ exchange, one: a, other: b }) =>
        wasm.when(wasm.above(get(number[a]!), get(number[b]!)), [
          wasm.set(one, get(number[a]!)),
          wasm.set(number[a]!, get(number[b]!)),
          wasm.set(number[b]!, get(one)),
          exchangeAll[exchange]!,
          wasm.set(changed, i32(1)),
        ]),
      ),
      wasm.when(get(changed), sortSlots),
      get(changed),
    ],
  };
}

/** Neighbours that go on as one. */
function runsOf<T>(all: readonly T[], goesOn: (one: T, next: T) => boolean): readonly (readonly T[])[] {
  const runs: T[][] = [];
  all.forEach((next, at) => {
    if (at > 0 && goesOn(all[at - 1]!, next)) runs.at(-1)!.push(next);
    else runs.push([next]);
  });
  return runs;
}

/** Whether a move may have changed the order, from the state at `row` to the one whose pairs of words are in locals. */
export function mayDisorderCode(
  { cells }: Compiled,
  { of, bytes }: Order,
  packing: Packing,
  pair: readonly number[],
  { row, from, to }: { readonly row: number; readonly from: number; readonly to: Code },
): Code {
  const masks = pair.map(() => 0n);
  for (const { id } of cells)
    if (of.cells[id] === 1)
      masks[packing.wordOf[id]! >> 1]! |=
        BigInt(packing.masks[id]!) << BigInt(packing.shiftOf[id]! + 32 * (packing.wordOf[id]! & 1));
  const changes = pair.flatMap((local, one) =>
    masks[one] === 0n ? [] : [wasm.and64(wasm.xor64(get(local), wasm.load64(get(row), 8 * one)), i64(masks[one]!))],
  );
  const some = wasm.isZero(wasm.isZero64(changes.reduce((all, one) => wasm.or64(all, one), i64(0n))));
  const tellsApart = (place: Code): Code => wasm.loadByte(place, bytes);
  return wasm.or(some, wasm.or(tellsApart(get(from)), tellsApart(to)));
}

/** Writes the tables of places. */
export function putOrder(
  { of: { members, exchanges, places: telling }, at: first, bytes }: Order,
  view: Int32Array,
): void {
  let at = first >> 2;
  for (const places of [...members.map((one) => one.places), ...exchanges.map((one) => one.places)]) {
    view.set(places, at);
    at += places.length;
  }
  new Uint8Array(view.buffer).set(telling, bytes);
}
