import type { Packing } from '../lay-out.ts';
import { ASKED, AT, BATCH, BUFFER, CRASH, CRASHES, fieldsOf, ROWS } from './record.ts';
import { awake, sleepers, type Sleep } from './sleep.ts';
import * as wasm from './wasm.ts';
import { get, i32, type Code, type Func } from './wasm.ts';

/*
 * The set of states: an open-addressing table of 4-byte entries, a state's number (from 1) and, in the bits that no
 * number needs, bits of its hash, so that another state is hardly ever compared.
 */

const header = (at: number): Code => wasm.load(i32(0), at);

/** Puts the state `words` into the buffer at local `put`, with all that a look-up needs. `hash` is a local of 64 bits. */
export function successor(
  packing: Packing,
  words: readonly Code[],
  {
    put,
    hash,
    spare,
    ask,
    effect,
  }: { readonly put: number; readonly hash: number; readonly spare: number; readonly ask: Code; readonly effect: Code },
): Code {
  const field = fieldsOf(packing);
  return [
    hashing(words, hash),
    words.map((word, at) => wasm.store(get(put), 4 * at, word)),
    wasm.store(get(put), field.hash, wasm.low(get(hash))),
    wasm.store(get(put), field.ask, ask),
    wasm.store(get(put), field.effect, wasm.or(effect, header(AT.slot))),
    wasm.set(spare, home(hash)),
    wasm.store(get(put), field.home, get(spare)),
    wasm.store(get(put), field.from, header(AT.current)),
    wasm.set(put, wasm.plus(get(put), i32(field.bytes))),
  ];
}

/** Looks every state of the buffer up, adds the new ones, and reports them; `mustAsk` says whether a judge wants to see one. */
export function lookUp(packing: Packing, slots: readonly number[], sleep: Sleep, mustAsk: (ask: Code) => Code): Func {
  const { words } = packing;
  const field = fieldsOf(packing);
  // The words come first: what asks takes them from there.
  const [at, entry, slot, row, size, asked, crashes, tag, end, ask, entryHash] = Array.from(
    { length: 11 },
    (_, local) => words + local,
  ) as [number, number, number, number, number, number, number, number, number, number, number];
  const next = wasm.set(at, wasm.plus(get(at), i32(field.bytes)));
  const report = (list: number, count: number, bytes: number, values: readonly Code[]): Code => [
    values.map((value, place) => wasm.store(wasm.times(get(count), i32(bytes)), list + 4 * place, value)),
    wasm.set(count, wasm.plus(get(count), i32(1))),
  ];
  const rowOf = (number: Code): Code => wasm.plus(wasm.times(number, i32(4 * words)), i32(ROWS));
  const number = wasm.and(get(entry), wasm.xor(get(tag), i32(-1)));
  const { before, value } = sleepers(packing, slots, sleep, { at, row, effect: entry });
  const isNew: Code = [
    Array.from({ length: words }, (_, word) => wasm.set(word, wasm.load(get(at), 4 * word))),
    wasm.set(ask, i32(0)),
    sleep.mask === 0 ? [] : wasm.when(header(AT.canSleep), [before, wasm.set(ask, value)]),
    wasm.set(row, rowOf(get(size))),
    Array.from({ length: words }, (_, word) =>
      wasm.store(
        get(row),
        4 * word,
        word === sleep.word ? wasm.or(get(word), wasm.shiftLeft(get(ask), i32(sleep.shift))) : get(word),
      ),
    ),
    wasm.set(ask, wasm.load(get(at), field.ask)),
    wasm.when(get(ask), [
      wasm.when(wasm.and(get(ask), i32(CRASH)), report(CRASHES, crashes, 4, [get(size)])),
      wasm.set(ask, wasm.and(get(ask), i32(CRASH - 1))),
      wasm.when(get(ask), wasm.when(mustAsk(get(ask)), report(ASKED, asked, 8, [get(size), get(ask)]))),
    ]),
    wasm.set(size, wasm.plus(get(size), i32(1))),
    wasm.store(get(slot), 0, wasm.or(wasm.and(get(entryHash), get(tag)), get(size))),
  ];
  const probe = wasm.loop([
    wasm.branchIf(wasm.isZero(get(entry)), 1),
    wasm.when(wasm.isZero(wasm.and(wasm.xor(get(entry), get(entryHash)), get(tag))), [
      wasm.set(row, rowOf(wasm.minus(number, i32(1)))),
      wasm.branchIf(wasm.isZero(differing(words, sleep, get(at), get(row))), 3),
    ]),
    wasm.set(slot, wasm.plus(get(slot), i32(4))),
    wasm.when(wasm.equal(get(slot), get(end)), wasm.set(slot, header(AT.table))),
    wasm.set(entry, wasm.load(get(slot))),
    wasm.branch(0),
  ]);
  return {
    exported: 'lookUp',
    params: [],
    locals: [...packingLocals(words), ...Array.from({ length: 11 }, () => 'i32' as const)],
    body: [
      ...warmUp(packing, { at, seen: row, entry, tag }),
      wasm.set(at, i32(BUFFER)),
      wasm.set(size, header(AT.size)),
      wasm.set(tag, header(AT.tag)),
      wasm.set(end, wasm.plus(header(AT.table), wasm.times(header(AT.places), i32(4)))),
      wasm.loop(
        wasm.when(wasm.below(get(at), header(AT.put)), [
          wasm.set(entryHash, wasm.load(get(at), field.hash)),
          wasm.set(slot, wasm.load(get(at), field.home)),
          wasm.set(entry, wasm.load(get(slot))),
          // Blocks: seen before (1 from the middle), new.
          wasm.block([wasm.block(probe), isNew]),
          next,
          wasm.branch(1),
        ]),
      ),
      wasm.store(i32(0), AT.size, get(size)),
      wasm.store(i32(0), AT.asked, get(asked)),
      wasm.store(i32(0), AT.crashes, get(crashes)),
      wasm.store(i32(0), AT.put, i32(BUFFER)),
    ],
  };
}

/** Touches what will be looked at, one thing after the other: the cache misses of a whole batch overlap. */
function warmUp(
  packing: Packing,
  {
    at,
    seen,
    entry,
    tag,
  }: { readonly at: number; readonly seen: number; readonly entry: number; readonly tag: number },
): readonly Code[] {
  const field = fieldsOf(packing);
  const each = (body: Code): Code => [
    wasm.set(at, i32(BUFFER)),
    wasm.loop(
      wasm.when(wasm.below(get(at), header(AT.put)), [
        body,
        wasm.set(at, wasm.plus(get(at), i32(field.bytes))),
        wasm.branch(1),
      ]),
    ),
  ];
  const before = wasm.minus(wasm.and(get(entry), get(tag)), i32(1));
  const row = wasm.plus(wasm.times(before, i32(4 * packing.words)), i32(ROWS));
  return [
    each(wasm.store(get(at), field.hint, wasm.load(wasm.load(get(at), field.home)))),
    wasm.set(tag, wasm.xor(header(AT.tag), i32(-1))),
    each([wasm.set(entry, wasm.load(get(at), field.hint)), wasm.set(seen, wasm.xor(get(seen), wasm.load(row)))]),
    wasm.store(i32(0), AT.seen, get(seen)),
  ];
}

/** Fills an empty table with the numbers of all states, a batch at a time for the same reason. */
export function rehash(packing: Packing, sleep: Sleep): Func {
  const { words } = packing;
  const [row, number, slot, end, at, last, seen, hash] = [0, 1, 2, 3, 4, 5, 6, 7].map(
    (local) => words + local,
  ) as Eight;
  const state = Array.from({ length: words }, (_, word) => get(word));
  const homes: Code = wasm.loop(
    wasm.when(wasm.below(get(at), get(last)), [
      state.map((_, word) => wasm.set(word, awake(sleep, word, wasm.load(get(row), 4 * word)))),
      hashing(state, hash),
      wasm.set(slot, home(hash)),
      wasm.set(seen, wasm.xor(get(seen), wasm.load(get(slot)))),
      wasm.store(get(at), 0, get(slot)),
      wasm.store(get(at), 4, wasm.and(wasm.low(get(hash)), header(AT.tag))),
      wasm.set(row, wasm.plus(get(row), i32(4 * words))),
      wasm.set(at, wasm.plus(get(at), i32(8))),
      wasm.branch(1),
    ]),
  );
  const putting: Code = wasm.loop(
    wasm.when(wasm.below(get(at), get(last)), [
      wasm.set(slot, wasm.load(get(at))),
      wasm.loop(
        wasm.when(wasm.load(get(slot)), [
          wasm.set(slot, wasm.plus(get(slot), i32(4))),
          wasm.when(wasm.equal(get(slot), get(end)), wasm.set(slot, header(AT.table))),
          wasm.branch(1),
        ]),
      ),
      wasm.set(number, wasm.plus(get(number), i32(1))),
      wasm.store(get(slot), 0, wasm.or(wasm.load(get(at), 4), get(number))),
      wasm.set(at, wasm.plus(get(at), i32(8))),
      wasm.branch(1),
    ]),
  );
  return {
    exported: 'rehash',
    params: [],
    locals: [...packingLocals(words), 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i64'],
    body: [
      wasm.fill(header(AT.table), i32(0), wasm.times(header(AT.places), i32(4))),
      wasm.set(end, wasm.plus(header(AT.table), wasm.times(header(AT.places), i32(4)))),
      wasm.set(row, i32(ROWS)),
      wasm.loop(
        wasm.when(wasm.below(get(number), header(AT.size)), [
          wasm.set(at, i32(BUFFER)),
          wasm.set(last, wasm.minus(header(AT.size), get(number))),
          wasm.when(wasm.above(get(last), i32(BATCH)), wasm.set(last, i32(BATCH))),
          wasm.set(last, wasm.plus(wasm.times(get(last), i32(8)), i32(BUFFER))),
          homes,
          wasm.set(at, i32(BUFFER)),
          putting,
          wasm.branch(1),
        ]),
      ),
      wasm.store(i32(0), AT.seen, get(seen)),
    ],
  };
}

/** For states that JavaScript has put into the buffer as words only. */
export function finish(packing: Packing): Func {
  const { words } = packing;
  const put = words;
  return {
    exported: 'finish',
    params: [],
    locals: [...packingLocals(words), 'i32', 'i32', 'i64'],
    body: [
      wasm.set(put, header(AT.put)),
      Array.from({ length: words }, (_, word) => wasm.set(word, wasm.load(get(put), 4 * word))),
      successor(
        packing,
        Array.from({ length: words }, (_, word) => get(word)),
        { put, hash: words + 2, spare: words + 1, ask: i32(0), effect: i32(0) },
      ),
      wasm.store(i32(0), AT.put, get(put)),
    ],
  };
}

/** From which state the first successor in the buffer comes that is state `sought`; -1 if there is none. */
export function find(packing: Packing, sleep: Sleep): Func {
  const { words } = packing;
  const field = fieldsOf(packing);
  const [at, row] = [0, 1];
  return {
    exported: 'find',
    params: [],
    result: 'i32',
    locals: ['i32', 'i32'],
    body: [
      wasm.set(at, i32(BUFFER)),
      wasm.set(row, wasm.plus(wasm.times(header(AT.sought), i32(4 * words)), i32(ROWS))),
      wasm.loop(
        wasm.when(wasm.below(get(at), header(AT.put)), [
          wasm.when(wasm.isZero(differing(words, sleep, get(at), get(row))), wasm.give(wasm.load(get(at), field.from))),
          wasm.set(at, wasm.plus(get(at), i32(field.bytes))),
          wasm.branch(1),
        ]),
      ),
      i32(-1),
    ],
  };
}

type Eight = [number, number, number, number, number, number, number, number];

const packingLocals = (words: number) => Array.from({ length: words }, () => 'i32' as const);

/** The upper half is the better one and finds the home; the lower one is folded with it and tells states apart. */
function hashing(words: readonly Code[], hash: number): Code {
  const rounds: Code[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const lower = wasm.extended(words[at]!);
    const both =
      at + 1 < words.length ? wasm.or64(lower, wasm.shiftLeft64(wasm.extended(words[at + 1]!), wasm.i64(32n))) : lower;
    const mixed = at === 0 ? both : wasm.xor64(get(hash), both);
    rounds.push(wasm.set(hash, wasm.times64(mixed, wasm.i64(0x9e3779b97f4a7c15n))));
    rounds.push(wasm.set(hash, wasm.xor64(get(hash), wasm.shiftRight64(get(hash), wasm.i64(32n)))));
  }
  return [
    rounds,
    wasm.set(hash, wasm.times64(get(hash), wasm.i64(0xd6e8feb86659fd93n))),
    wasm.set(hash, wasm.xor64(get(hash), wasm.shiftRight64(get(hash), wasm.i64(32n)))),
  ];
}

/** The address in the table for a hash. */
function home(hash: number): Code {
  const place = wasm.shiftRight64(
    wasm.times64(wasm.shiftRight64(get(hash), wasm.i64(32n)), wasm.extended(header(AT.places))),
    wasm.i64(32n),
  );
  return wasm.plus(header(AT.table), wasm.shiftLeft(wasm.low(place), i32(2)));
}

function differing(words: number, sleep: Sleep, a: Code, b: Code): Code {
  const parts = Array.from({ length: words }, (_, word) =>
    awake(sleep, word, wasm.xor(wasm.load(a, 4 * word), wasm.load(b, 4 * word))),
  );
  return parts.reduce((all, one) => wasm.or(all, one));
}
