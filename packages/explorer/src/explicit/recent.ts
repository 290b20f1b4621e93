import type { Packing } from '../search/lay-out.ts';
import type { Bundles } from './bundles.ts';
import { keptAt } from './kept.ts';
import { LEAF, pairsOf, RECENT } from './record.ts';
import { each, inLeaf, walk } from './walk.ts';
import * as wasm from './wasm.ts';
import { get, i32, i64, or, type Code, type Func } from './wasm.ts';

/*
 * Situations that came up lately. What is tested at a place comes again and again while others move on, above all where many
 * starts are asked for. Where that leads is kept, in one of a few places: a list like that of the place, but with leaves for
 * trees, without the starts that lead nowhere, and how many transitions lead to the state itself. Trees only grow, and a leaf that
 * has to be looked at does not become one later, so what is kept stays true.
 */

/** The key is what is tested and the address of the place's list; then loops, and the list. */
export function recentOf(bundles: Bundles, packing: Packing) {
  const place = 8 * pairsOf(packing);
  const size = place + 16 + 8 * Math.max(...bundles.map((all) => all.length));
  return { place, loops: place + 8, list: place + 12, size, power: Math.floor(Math.log2(MOST_BYTES / size)) };
}
export type Recent = ReturnType<typeof recentOf>;
/** More of the nearer caches would be taken from others. */
const MOST_BYTES = 2 ** 19;

/** Replaces local `list` by the short one and adds to `loops`; `giveBack` where something is not known. */
export function recently(
  recent: Recent,
  { list, row, end, kept, loops, pair, hash, spare }: Locals,
  giveBack: Code,
): Code {
  const places = { address: RECENT, power: recent.power, size: recent.size };
  const { find, isThere, take } = keptAt(places, get(list), {
    state: row,
    looked: end,
    pair,
    number: spare,
    hash,
    place: kept,
  });
  return [
    wasm.set(end, wasm.load(get(list))),
    find,
    wasm.when(wasm.isZero(isThere), [
      wasm.when(wasm.isZero(wasm.call('remember', get(list), get(row), get(kept))), giveBack),
      take,
    ]),
    wasm.set(loops, wasm.plus(get(loops), wasm.load(get(kept), recent.loops))),
    wasm.set(list, wasm.plus(get(kept), i32(recent.list))),
  ];
}

interface Locals {
  readonly list: number;
  readonly row: number;
  readonly end: number;
  readonly kept: number;
  readonly loops: number;
  readonly pair: readonly number[];
  readonly hash: number;
  readonly spare: number;
}

/** Keeps at `kept` where the trees of `list` lead in a state; 0 if one of them leads to what has to be looked at. */
export function remember(recent: Recent): Func {
  const [list, row, kept, end, at, test, loops, put, alone] = wasm.numbered(9);
  return {
    params: ['i32', 'i32', 'i32'],
    result: 'i32',
    locals: Array.from({ length: 6 }, () => 'i32' as const),
    body: [
      // No list has this address: what was kept here is not found any more, whatever happens.
      wasm.store64(get(kept), recent.place, i64(0n)),
      wasm.set(put, wasm.plus(get(kept), i32(recent.list + 4))),
      // Of an operation it is asked how it sleeps, too.
      wasm.set(alone, wasm.equal(wasm.load(get(list)), wasm.plus(get(list), i32(4 + 8)))),
      each(list, end, 8, [
        wasm.set(at, wasm.load(get(list))),
        walk(at, test, get(row)),
        wasm.when(wasm.isZero(get(at)), wasm.give(i32(0))),
        wasm.when(inLeaf(get(at), LEAF.look), wasm.give(i32(0))),
        wasm.when(
          or(inLeaf(get(at), LEAF.transitions), get(alone)),
          [
            wasm.store(get(put), 0, get(at)),
            wasm.store(get(put), 4, wasm.load(get(list), 4)),
            wasm.set(put, wasm.plus(get(put), i32(8))),
          ],
          wasm.set(loops, wasm.plus(get(loops), inLeaf(get(at), LEAF.loops))),
        ),
      ]),
      wasm.store(get(kept), recent.loops, get(loops)),
      wasm.store(get(kept), recent.list, get(put)),
      i32(1),
    ],
  };
}
