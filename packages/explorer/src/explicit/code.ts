import { chargedWith, OutOfRange, type Happening, type Principle } from '@busward/core';
import type { At, Compiled, Node } from '../compile.ts';
import type { Judges } from '../judges.ts';
import type { Packing } from '../lay-out.ts';
import type { Entry } from '../table.ts';
import { find, finish, lookUp, rehash, successor } from './look-up.ts';
import { AT, BATCH, BUFFER, BUSY, CRASH, fieldsOf, ROWS } from './record.ts';
import { treeCode, type Known } from './trees.ts';
import * as wasm from './wasm.ts';
import { get, i32, type Code, type Func, type Type } from './wasm.ts';

/** What the code has to tell JavaScript of: it is left out where that has been told. */
export interface Open {
  /** Devices of a judge, as bits, that it has not found yet. */
  ofJudge(judge: number): number;
  /** Whether some device is not known to take part in breaking the principle. */
  has(principle: Principle, devices: readonly string[]): boolean;
  /** Whether a count that leaves its range where P4 is not judged would be news. */
  readonly overflow: boolean;
}

/**
 * The transitions of a system as WebAssembly: a function for each place of its programs, which tests what the step there
 * reads and writes the successor into the buffer. What has not come up yet, throws, or breaks an open principle makes it
 * give the whole state back.
 */
export function codeOf(
  compiled: Compiled,
  judges: Judges,
  packing: Packing,
  open: Open,
  memory: { readonly shared: boolean },
): {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The judges behind the number that a successor asks for. */
  readonly asks: readonly (readonly number[])[];
} {
  const { cells, nodes, slots, symmetric, system } = compiled;
  const { words, wordOf, shiftOf, masks } = packing;
  const state = Array.from({ length: words }, (_, word) => get(word));
  const ofState: readonly Type[] = state.map(() => 'i32');
  const slotFields = Array.from({ length: slots }, (_, slot) => cells.length + slot);
  const slotWords = [...new Set(slotFields.map((field) => wordOf[field]!))];
  const inSlot = masks[cells.length]!;
  // Parameters and locals of a function for a place: the state, then these, then the state after.
  const SHIFT = words;
  const PUT = words + 1;
  const NEXT = words + 2;
  const TO = NEXT + words;
  const ASK = TO + 1;
  const HASH = TO + 2;

  const functions: Func[] = [];
  const table: number[] = [];
  const asks: (readonly number[])[] = [[]];
  const eventFunctions = new Map<unknown, number>();
  const add = (one: Func): number => functions.push(one) - 1;

  const judging = judges.states.map(({ table: judge }, at) =>
    open.ofJudge(at) === 0
      ? undefined
      : add(
          answering(
            treeCode(judge, cells, packing, {
              leaf: ({ result }) => wasm.give(i32(result & open.ofJudge(at))),
              unknown: () => wasm.give(i32(-1)),
            }),
          ),
        ),
  );
  const busy = add(
    answering(
      slotFields.map((field) => wasm.loadByte(valueOf(field), BUSY)).reduce((sum, one) => wasm.plus(sum, one), i32(0)),
    ),
  );
  for (const word of slotWords) for (const [at, node] of nodes.entries()) table.push(add(place(node, at, word)));
  const [firstPlace] = table as [number];
  const places = table.length;
  table.push(...asks.map((judgesAsked) => add(asking(judgesAsked))));
  const like = table[places]!;
  add(lookUp(packing, (ask) => wasm.callAt(like, wasm.plus(ask, i32(places)), ...state)));
  add(expanding());
  add(rehash(packing));
  add(finish(packing));
  add(find(packing));
  return { bytes: wasm.moduleOf(functions, table, memory), asks };

  function answering(body: Code): Func {
    return { params: ofState, result: 'i32', body };
  }

  function valueOf(field: number): Code {
    return wasm.and(wasm.shiftRight(get(wordOf[field]!), i32(shiftOf[field]!)), i32(masks[field]!));
  }

  /** What a slot at place `at` can do; the slot is in `word`, at the shift that is passed. Gives the next PUT, or 0. */
  function place(node: Node, at: number, word: number): Func {
    const body =
      node.kind === 'at'
        ? candidate(node, at, word, (leaf) => treeCode(node.table, cells, packing, leaf))
        : node.starts.flatMap(({ possible, first }) =>
            candidate(first, at, word, (leaf) =>
              treeCode(possible, cells, packing, {
                unknown: leaf.unknown,
                leaf: ({ result }, known, depth) =>
                  result ? treeCode(first.table, cells, packing, leaf, known, depth) : wasm.branch(depth + NOTHING),
              }),
            ),
          );
    return {
      params: [...ofState, 'i32', 'i32'],
      result: 'i32',
      locals: [...ofState, 'i32', 'i32', 'i64'],
      body: [...body, ...get(PUT)],
    };
  }

  /** One step: a tree whose leaves leave by one of two blocks, and between them what puts the successor into the buffer. */
  function candidate(step: At, from: number, word: number, tree: (leaf: Leaf) => Code): Code {
    const written = new Set(
      step.table.learned().flatMap(({ entry }) => pairs(entry.writes).map(([cell]) => wordOf[cell]!)),
    );
    written.add(word);
    if (symmetric) for (const one of slotWords) written.add(one);
    const after = state.map((before, one) => (written.has(one) ? get(NEXT + one) : before));
    const body = tree({
      unknown: () => MISS,
      leaf: (entry, known, depth) => leaf(step, from, entry, known, depth, written, after),
    });
    return wasm.block([
      ...wasm.block(body),
      ...move(word),
      ...(symmetric ? inOrder() : []),
      ...successor(packing, after, { put: PUT, hash: HASH, spare: TO, ask: get(ASK) }),
    ]);
  }

  function leaf(
    step: At,
    from: number,
    { result, writes, events, failure }: Entry<number>,
    known: Known,
    depth: number,
    written: ReadonlySet<number>,
    after: readonly Code[],
  ): Code {
    if (result === -1) return wasm.branch(depth + NOTHING);
    const next = failure ? undefined : step.next[result];
    const thrown = failure ?? next?.error;
    if (thrown) return isTold(step, thrown) ? wasm.branch(depth + NOTHING) : MISS;
    const changes = pairs(writes).filter(([cell, value]) => known.get(cell) !== value);
    const to = next?.to ?? from;
    const crash = events.some(({ kind }) => kind === 'crashed') ? CRASH : 0;
    const code = [
      ...[...written].flatMap((word) => wasm.set(NEXT + word, writing(word, changes))),
      ...events.flatMap((event) => happening(event, step === nodes[from], after)),
    ];
    if (changes.length === 0 && to === from)
      return [
        ...code,
        ...wasm.store(i32(0), AT.loops, wasm.plus(wasm.load(i32(0), AT.loops), i32(1))),
        ...wasm.branch(depth + NOTHING),
      ];
    return [
      ...code,
      ...wasm.set(TO, i32(to)),
      ...wasm.set(ASK, i32(crash | askFor(writes, changes))),
      ...wasm.branch(depth),
    ];
  }

  function writing(word: number, changes: readonly (readonly [number, number])[]): Code {
    let mask = 0;
    let bits = 0;
    for (const [cell, value] of changes)
      if (wordOf[cell] === word) {
        mask |= masks[cell]! << shiftOf[cell]!;
        bits |= value << shiftOf[cell]!;
      }
    const kept = mask === 0 ? get(word) : wasm.and(get(word), i32(~mask));
    return bits === 0 ? kept : wasm.or(kept, i32(bits));
  }

  /** A count that left its range has been told where nobody is left to charge, or one such is known. */
  function isTold({ operation }: At, thrown: Error): boolean {
    if (!(thrown instanceof OutOfRange)) return false;
    const counting = judges.states.find(({ principle }) => principle.id === 'P4');
    if (!counting) return !open.overflow;
    return !open.has(counting.principle, chargedWith(system.kernel.machine, operation));
  }

  /** Gives the state back if a principle may be broken by this event. */
  function happening(event: Happening, isUnderWay: boolean, after: readonly Code[]): Code {
    const [alone, others] = [true, false].map((one) => {
      const events = judges.eventTable(event, one);
      if (events.learned().length === 0) return i32(1);
      if (events.learned().every(({ entry }) => !isOpen(entry))) {
        // Still to be asked where something else is read; a table that reads nothing is known.
        if (events.learned()[0]!.reads.length === 0) return undefined;
      }
      let known = eventFunctions.get(events);
      if (known === undefined) {
        known = add(
          answering(
            treeCode(events, cells, packing, {
              leaf: (entry) => wasm.give(i32(isOpen(entry) ? 1 : 0)),
              unknown: () => wasm.give(i32(1)),
            }),
          ),
        );
        eventFunctions.set(events, known);
      }
      return wasm.call(known, ...after);
    });
    if (!alone && !others) return [];
    const isAlone = wasm.equal(wasm.call(busy, ...state), i32(isUnderWay ? 1 : 0));
    const asked = (code: Code | undefined): Code => (code ? wasm.when(code, MISS) : []);
    return wasm.when(isAlone, asked(alone), asked(others));
  }

  function isOpen({ result }: Entry<ReturnType<Judges['atEvent']>>): boolean {
    return result.some(({ principle, devices }) => open.has(principle, devices));
  }

  /** The judges that read what was changed, in the order in which the search asks them. */
  function askFor(writes: readonly number[], changes: readonly (readonly [number, number])[]): number {
    const reading = (cell: number): number[] =>
      judges.states.flatMap(({ reads }, at) =>
        judging[at] !== undefined && reads.some(({ id }) => id === cell) ? [at] : [],
      );
    const changed = new Set(changes.flatMap(([cell]) => reading(cell)));
    const asked = [...new Set(pairs(writes).flatMap(([cell]) => reading(cell)))].filter((one) => changed.has(one));
    const known = asks.findIndex((one) => one.length === asked.length && one.every((judge, at) => judge === asked[at]));
    return known >= 0 ? known : asks.push(asked) - 1;
  }

  function asking(asked: readonly number[]): Func {
    return answering([
      ...asked.flatMap((judge) => wasm.when(wasm.call(judging[judge]!, ...state), wasm.give(i32(1)))),
      ...i32(0),
    ]);
  }

  /** Puts TO where the slot is. */
  function move(word: number): Code {
    const cleared = wasm.and(get(NEXT + word), wasm.xor(wasm.shiftLeft(i32(inSlot), get(SHIFT)), i32(-1)));
    return wasm.set(NEXT + word, wasm.or(cleared, wasm.shiftLeft(get(TO), get(SHIFT))));
  }

  /** Interchangeable slots are kept in order of value: exchanged in pairs, without a jump. */
  function inOrder(): Code {
    const rounds = slotFields.slice(1).flatMap((_, round) => slotFields.slice(0, slots - 1 - round));
    return rounds.flatMap((field) => {
      const value = (one: number): Code =>
        wasm.and(wasm.shiftRight(get(NEXT + wordOf[one]!), i32(shiftOf[one]!)), i32(inSlot));
      const isWrong = wasm.above(value(field), value(field + 1));
      const difference = wasm.and(wasm.xor(value(field), value(field + 1)), wasm.minus(i32(0), isWrong));
      const flip = (one: number): Code =>
        wasm.set(NEXT + wordOf[one]!, wasm.xor(get(NEXT + wordOf[one]!), wasm.shiftLeft(get(TO), i32(shiftOf[one]!))));
      return [...wasm.set(TO, difference), ...flip(field), ...flip(field + 1)];
    });
  }

  /** From one state to another, as long as there is room in the buffer; gives the first that was not expanded. */
  function expanding(): Func {
    const { bytes } = fieldsOf(packing);
    const most = slots * Math.max(...nodes.map((node) => (node.kind === 'at' ? 1 : node.starts.length)), 1);
    const [from, until, put, start, loops, row] = [0, 1, 2, 3, 4, 5].map((local) => words + local) as Locals;
    const bySlot = slotFields.map((field, slot) => {
      const at = wasm.plus(valueOf(field), i32(slotWords.indexOf(wordOf[field]!) * nodes.length));
      const moved = [
        ...wasm.set(put, wasm.callAt(firstPlace, at, ...state, i32(shiftOf[field]!), get(put))),
        // Out of the block around all slots: the state is given back.
        ...wasm.branchIf(wasm.isZero(get(put)), 1),
      ];
      const alike = symmetric && slot > 0 ? wasm.branchIf(wasm.equal(valueOf(field), valueOf(field - 1)), 0) : [];
      return wasm.block([...alike, ...moved]);
    });
    const each = [
      ...state.flatMap((_, word) => wasm.set(word, wasm.load(get(row), 4 * word))),
      ...wasm.store(i32(0), AT.current, get(from)),
      ...wasm.set(start, get(put)),
      ...wasm.set(loops, wasm.load(i32(0), AT.loops)),
      ...wasm.block([
        ...bySlot.flat(),
        ...wasm.set(from, wasm.plus(get(from), i32(1))),
        ...wasm.set(row, wasm.plus(get(row), i32(4 * words))),
        ...wasm.branch(1),
      ]),
      ...wasm.set(put, get(start)),
      ...wasm.store(i32(0), AT.loops, get(loops)),
      ...wasm.store(i32(0), AT.missed, i32(1)),
      ...wasm.branch(1),
    ];
    return {
      exported: 'expand',
      params: [],
      locals: [...ofState, ...Array.from({ length: 6 }, () => 'i32' as const)],
      body: [
        ...wasm.set(from, wasm.load(i32(0), AT.current)),
        ...wasm.set(until, wasm.load(i32(0), AT.until)),
        ...wasm.set(put, wasm.load(i32(0), AT.put)),
        ...wasm.set(row, wasm.plus(wasm.times(get(from), i32(4 * words)), i32(ROWS))),
        ...wasm.block(
          wasm.loop([
            ...wasm.branchIf(wasm.atLeast(get(from), get(until)), 1),
            ...wasm.branchIf(wasm.above(get(put), i32(BUFFER + (BATCH - most) * bytes)), 1),
            ...each,
          ]),
        ),
        ...wasm.store(i32(0), AT.current, get(from)),
        ...wasm.store(i32(0), AT.put, get(put)),
      ],
    };
  }
}

type Locals = [number, number, number, number, number, number];

interface Leaf {
  leaf(entry: Entry<number>, known: Known, depth: number): Code;
  unknown(depth: number): Code;
}

const MISS = wasm.give(i32(0));
/** Past the successor: the block around the one that a leaf leaves to put its successor. */
const NOTHING = 1;

const pairs = (writes: readonly number[]): readonly (readonly [number, number])[] =>
  writes.flatMap((cell, at) => (at % 2 === 0 ? [[cell, writes[at + 1]!] as const] : []));
