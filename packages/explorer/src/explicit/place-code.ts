import { chargedWith, OutOfRange, type Happening, type Principle } from '@busward/core';
import type { At, Compiled, Node } from '../compile.ts';
import type { Judges } from '../judges.ts';
import type { Entry } from '../table.ts';
import { successor } from './look-up.ts';
import { AT, CRASH } from './record.ts';
import type { StateWords } from './state-words.ts';
import { knownOf, treeCode, type Known } from './trees.ts';
import * as wasm from './wasm.ts';
import { get, i32, type Code, type Func } from './wasm.ts';

/** What generated code has to tell of; it is left out once that is known. */
export interface Open {
  /** Devices of a judge, as bits, that it has not found yet. */
  ofJudge(judge: number): number;
  /** Whether one of the devices is not known to take part in breaking the principle. */
  has(principle: Principle, devices: readonly string[]): boolean;
  /** How much has been told: when it grows, less is open. */
  readonly found: number;
  /** A count that leaves its range where P4 is not judged would be news. */
  readonly overflow: boolean;
}

export interface PlaceCoder {
  /** What a slot in `word` can do at place `at`: puts the successors, and gives the place for the next, or 0: look yourself. */
  place(at: number, word: number): Func;
}

/**
 * One function for each place of the programs. It tests what the step there reads, and writes the successor into the
 * buffer. In a situation that has not come up, that throws, or where an event may break an open principle, it gives 0.
 * `add` adds a function to the module, `busy` is the one that counts slots in operations; `askFor` numbers what judges
 * are to be asked about a new state.
 */
export function placeCoder(
  { cells, nodes, symmetric, system }: Compiled,
  judges: Judges,
  state: StateWords,
  open: Open,
  to: {
    add(one: Func): number;
    readonly busy: number;
    askFor(judges: readonly number[]): number;
    effectOf(writes: readonly number[], reads: readonly number[]): number;
  },
): PlaceCoder {
  const { packing } = state;
  const { words, wordOf, shiftOf, masks } = packing;
  // Parameters and locals: the state, then these, among them the state after.
  const [SHIFT, PUT, NEXT] = [words, words + 1, words + 2];
  const [TO, ASK, EFFECT, HASH] = [NEXT + words, NEXT + words + 1, NEXT + words + 2, NEXT + words + 3];
  const inSlot = masks[state.slots[0]!]!;
  const eventFunctions = new Map<unknown, number>();
  const readers = cells.map((cell) =>
    judges.states.flatMap(({ reads }, at) => (open.ofJudge(at) && reads.includes(cell) ? [at] : [])),
  );

  return {
    place(at, word) {
      const node = nodes[at]!;
      return {
        ...state.place,
        locals: [...state.types, 'i32', 'i32', 'i32', 'i64'],
        body: [stepsOf(node).map((step) => candidate(step, at, word)), get(PUT)],
      };
    },
  };

  /**
   * A step is a tree. Its leaves branch to what is done there, which stands once behind it however many situations have
   * it done: innermost the first. Around all is a block for what puts the successor, and one for where there is none.
   */
  function candidate({ step, tree }: Step, from: number, word: number): Code {
    const written = new Set([
      ...step.table.learned().flatMap(({ entry }) => pairs(entry.writes).map(([cell]) => wordOf[cell]!)),
      ...(symmetric ? state.slotWords : [word]),
    ]);
    const after = state.all.map((before, one) => (written.has(one) ? get(NEXT + one) : before));
    const effects = new Map<string, Effect>();
    const reads = readsOf(step, nodes[from]!);
    const body = tree({
      unknown: () => LOOK,
      leaf(entry, known, depth) {
        const changes = pairs(entry.writes).filter(([cell, value]) => knownOf(known, cell) !== value);
        const key = `${keyOf(entry)} ${changes.join()}`;
        let effect = effects.get(key);
        if (!effect) effects.set(key, (effect = { entry, changes, number: effects.size }));
        return wasm.branch(depth + effect.number);
      },
    });
    const inner = [...effects.values()].reduce<Code>((code, effect) => {
      const depth = effects.size - 1 - effect.number;
      return [wasm.block(code), effectCode(step, from, effect, depth, [...written], after, reads)];
    }, body);
    return wasm.block([
      wasm.block(inner),
      moved(word),
      symmetric ? inOrder() : [],
      successor(packing, after, { put: PUT, hash: HASH, spare: TO, ask: get(ASK), effect: get(EFFECT) }),
    ]);
  }

  /** An operation that can start is a guard and its first step. */
  function stepsOf(node: Node): readonly Step[] {
    if (node.kind === 'at') return [{ step: node, tree: (code) => treeCode(node.table, cells, packing, code) }];
    return node.starts.map(({ possible, first }) => ({
      step: first,
      tree: (code) =>
        treeCode(possible, cells, packing, {
          unknown: code.unknown,
          leaf: ({ result }, known, depth) =>
            result ? treeCode(first.table, cells, packing, code, known, depth) : code.leaf(NOT_POSSIBLE, known, depth),
        }),
    }));
  }

  function effectCode(
    step: At,
    from: number,
    { entry, changes }: Effect,
    depth: number,
    written: readonly number[],
    after: readonly Code[],
    reads: readonly number[],
  ): Code {
    const { result, writes, events, failure } = entry;
    if (result === -1) return wasm.branch(depth + NOTHING);
    const next = failure ? undefined : step.next[result];
    const thrown = failure ?? next?.error;
    if (thrown) return isTold(step, thrown) ? wasm.branch(depth + NOTHING) : LOOK;
    const goes = next?.to ?? from;
    const code = [
      written.map((word) => wasm.set(NEXT + word, writing(word, changes))),
      events.map((event) => happening(event, step === nodes[from], after)),
    ];
    if (changes.length === 0 && goes === from)
      return [
        code,
        wasm.store(i32(0), AT.loops, wasm.plus(wasm.load(i32(0), AT.loops), i32(1))),
        wasm.branch(depth + NOTHING),
      ];
    const crash = events.some(({ kind }) => kind === 'crashed') ? CRASH : 0;
    return [
      code,
      wasm.set(TO, i32(goes)),
      wasm.set(ASK, i32(crash | to.askFor(askedAfter(writes, changes)))),
      wasm.set(EFFECT, i32(to.effectOf(writes, reads) << 8)),
      wasm.branch(depth),
    ];
  }

  function writing(word: number, changes: readonly Change[]): Code {
    const here = changes.filter(([cell]) => wordOf[cell] === word);
    const mask = here.reduce((all, [cell]) => all | (masks[cell]! << shiftOf[cell]!), 0);
    const bits = here.reduce((all, [cell, value]) => all | (value << shiftOf[cell]!), 0);
    const kept = mask === 0 ? get(word) : wasm.and(get(word), i32(~mask));
    return bits === 0 ? kept : wasm.or(kept, i32(bits));
  }

  /** What leaves its range is told once for everybody who is charged with it. */
  function isTold({ operation }: At, thrown: Error): boolean {
    if (!(thrown instanceof OutOfRange)) return false;
    const counting = judges.states.find(({ principle }) => principle.id === 'P4');
    if (!counting) return !open.overflow;
    return !open.has(counting.principle, chargedWith(system.kernel.machine, operation));
  }

  /** Gives the state back if the event may break an open principle; that depends on whether others are under way. */
  function happening(event: Happening, isUnderWay: boolean, after: readonly Code[]): Code {
    const [alone, others] = [true, false].map((one) => question(event, one, after));
    if (!alone && !others) return [];
    const isAlone = wasm.equal(wasm.call(to.busy, ...state.all), i32(isUnderWay ? 1 : 0));
    return wasm.when(isAlone, alone ? wasm.when(alone, LOOK) : [], others ? wasm.when(others, LOOK) : []);
  }

  function question(event: Happening, alone: boolean, after: readonly Code[]): Code | undefined {
    const table = judges.eventTable(event, alone);
    const [first] = table.learned();
    if (!first) return i32(1);
    if (first.reads.length === 0 && !isOpen(first.entry)) return undefined;
    const known = eventFunctions.get(table);
    if (known !== undefined) return wasm.call(known, ...after);
    const added = to.add({
      ...state.answer,
      body: treeCode(table, cells, packing, {
        leaf: (entry) => wasm.give(i32(isOpen(entry) ? 1 : 0)),
        unknown: () => wasm.give(i32(1)),
      }),
    });
    eventFunctions.set(table, added);
    return wasm.call(added, ...after);
  }

  function isOpen({ result }: Entry<ReturnType<Judges['atEvent']>>): boolean {
    return result.some(({ principle, devices }) => open.has(principle, devices));
  }

  /** The judges that read what was changed, in the order in which JavaScript would ask them. */
  function askedAfter(writes: readonly number[], changes: readonly Change[]): readonly number[] {
    const changed = new Set(changes.flatMap(([cell]) => readers[cell]!));
    return [...new Set(pairs(writes).flatMap(([cell]) => readers[cell]!))].filter((one) => changed.has(one));
  }

  /** Puts TO where the slot is. */
  function moved(word: number): Code {
    const others = wasm.xor(wasm.shiftLeft(i32(inSlot), get(SHIFT)), i32(-1));
    return wasm.set(NEXT + word, wasm.or(wasm.and(get(NEXT + word), others), wasm.shiftLeft(get(TO), get(SHIFT))));
  }

  /** Interchangeable slots are kept in order of value: neighbours are exchanged where they have to be, without a jump. */
  function inOrder(): Code {
    const rounds = state.slots.slice(1).flatMap((_, round) => state.slots.slice(0, state.slots.length - 1 - round));
    return rounds.map((field) => {
      const value = (one: number): Code =>
        wasm.and(wasm.shiftRight(get(NEXT + wordOf[one]!), i32(shiftOf[one]!)), i32(inSlot));
      const isWrong = wasm.above(value(field), value(field + 1));
      const difference = wasm.and(wasm.xor(value(field), value(field + 1)), wasm.minus(i32(0), isWrong));
      const flip = (one: number): Code => {
        const word = NEXT + wordOf[one]!;
        return wasm.set(word, wasm.xor(get(word), wasm.shiftLeft(get(TO), i32(shiftOf[one]!))));
      };
      return [wasm.set(TO, difference), flip(field), flip(field + 1)];
    });
  }
}

/** What is done in some situations. */
interface Effect {
  readonly entry: Entry<number>;
  /** What is written and was not so. */
  readonly changes: readonly Change[];
  readonly number: number;
}

interface Step {
  readonly step: At;
  tree(code: { leaf(entry: Entry<number>, known: Known, depth: number): Code; unknown(depth: number): Code }): Code;
}

type Change = readonly [cell: number, value: number];

/** The same for entries that do the same, but for what they write, which may be so already. */
function keyOf(entry: Entry<number>): string {
  let key = keys.get(entry);
  if (key === undefined)
    keys.set(entry, (key = JSON.stringify([entry.result, entry.failure?.message, entry.writes, entry.events])));
  return key;
}
const keys = new WeakMap<Entry<number>, string>();

/** What a step reads, its guard among it, in any situation that has come up. */
function readsOf(step: At, from: Node): readonly number[] {
  const guards = from.kind === 'at' ? [] : from.starts.filter(({ first }) => first === step).map((one) => one.possible);
  return [...new Set([step.table, ...guards].flatMap((table) => table.learned().flatMap(({ reads }) => reads)))];
}

/** An operation that cannot start is as one that waits. */
const NOT_POSSIBLE: Entry<number> = { result: -1, writes: [], events: [] };
/** The whole state is given back. */
const LOOK = wasm.give(i32(0));
/** Leaves the block that puts a successor, too. */
const NOTHING = 1;

const pairs = (writes: readonly number[]): readonly Change[] =>
  writes.flatMap((cell, at) => (at % 2 === 0 ? [[cell, writes[at + 1]!] as const] : []));
