import type { Compiled, Node } from '../compile.ts';
import type { Judges } from '../judges.ts';
import type { Packing } from '../lay-out.ts';
import { expand } from './expand.ts';
import { find, finish, lookUp, rehash } from './look-up.ts';
import { placeCoder, type Open } from './place-code.ts';
import type { Table } from '../table.ts';
import { BUSY, MOST_EFFECTS } from './record.ts';
import { stateWords } from './state-words.ts';
import { sleepBits, type Sleep } from './sleep.ts';
import { treeCode } from './trees.ts';
import * as wasm from './wasm.ts';
import { i32, moduleOf, type Func } from './wasm.ts';

/** A system as WebAssembly modules. The table of functions has one for each place (and word that slots are in), then the asks. */
export interface Coder {
  /** The judges behind each number that a successor asks for. */
  readonly asks: readonly (readonly number[])[];
  /** Entries of the table that are in use. */
  readonly tableSize: number;
  readonly sleep: Sleep;
  /** The cells that are written and read by each effect, as bits. */
  readonly effects: readonly (readonly [bigint, bigint])[];
  /** The cells that a place can read or write, and those it can write, as bits. */
  readonly footprints: readonly (readonly [bigint, bigint])[];
  /** What does not depend on what has been learned. */
  core(): Uint8Array<ArrayBuffer>;
  /** The functions for what has been learned, or found, since the last time. */
  renewed(): Uint8Array<ArrayBuffer>;
}

export function coder(
  compiled: Compiled,
  judges: Judges,
  packing: Packing,
  open: Open,
  memory: { readonly shared: boolean },
): Coder {
  const { cells, nodes } = compiled;
  const state = stateWords(compiled, packing);
  const places = state.slotWords.length * nodes.length;
  const sleep = sleepBits(compiled, packing);
  const effects = new Map<string, number>();
  const effectMasks: (readonly [bigint, bigint])[] = [[~0n, ~0n]];
  const asks: (readonly number[])[] = [[]];
  const numberOfAsk = new Map<string, number>([['', 0]]);
  const footprints: (readonly [bigint, bigint])[] = [];
  const known = nodes.map(() => -1);
  let knownJudging = '';

  return {
    asks,
    sleep,
    effects: effectMasks,
    footprints,
    get tableSize() {
      return places + asks.length;
    },
    core() {
      const [answer, place] = [0, 1];
      const mustAsk = (ask: wasm.Code): wasm.Code => wasm.callAt(answer, wasm.plus(ask, i32(places)), ...state.all);
      const functions = [
        lookUp(packing, state.slots, sleep, mustAsk),
        expand(compiled, state, sleep, place),
        rehash(packing, sleep),
        finish(packing),
        find(packing, sleep),
      ];
      return moduleOf(functions, memory, [state.answer, state.place]);
    },
    renewed() {
      const functions: Func[] = [];
      const add = (one: Func): number => functions.push(one) - 1;
      const counted = state.slots.map((field) => wasm.loadByte(state.valueOf(field), BUSY));
      const busy = add({ ...state.answer, body: counted.reduce((sum, one) => wasm.plus(sum, one)) });
      const before = asks.length;
      const { place } = placeCoder(compiled, judges, state, open, { add, busy, askFor, effectOf });
      nodes.forEach((node, at) => {
        const knows = knowledgeOf(node);
        if (knows === known[at]) return;
        known[at] = knows;
        const [writes, reads] = [writesOf, readsOf].map((of) => bitsOf(tablesOf(node).flatMap(of))) as [bigint, bigint];
        footprints[at] = [writes | reads, writes];
        state.slotWords.forEach((word, one) => add({ ...place(at, word), at: one * nodes.length + at }));
      });
      const judging = JSON.stringify(judges.states.map(({ table }, at) => [table.learned().length, open.ofJudge(at)]));
      const changed = judging === knownJudging ? asks.slice(before) : asks;
      knownJudging = judging;
      const byJudge = new Map<number, number>();
      for (const asked of changed) add({ ...asking(asked, judgeFunction), at: places + asks.indexOf(asked) });
      return moduleOf(functions, memory);

      function judgeFunction(judge: number): number {
        const old = byJudge.get(judge);
        if (old !== undefined) return old;
        const isBroken = treeCode(judges.states[judge]!.table, cells, packing, {
          leaf: ({ result }) => wasm.give(i32(result & open.ofJudge(judge))),
          unknown: () => wasm.give(i32(1)),
        });
        const added = add({ ...state.answer, body: isBroken });
        byJudge.set(judge, added);
        return added;
      }
    },
  };

  /** Says whether one of the judges has something to say. */
  function asking(asked: readonly number[], functionOf: (judge: number) => number): Func {
    const open1 = asked.filter((judge) => open.ofJudge(judge) !== 0);
    return {
      ...state.answer,
      body: [open1.map((judge) => wasm.when(wasm.call(functionOf(judge), ...state.all), wasm.give(i32(1)))), i32(0)],
    };
  }

  function askFor(asked: readonly number[]): number {
    const key = asked.join();
    const old = numberOfAsk.get(key);
    if (old !== undefined) return old;
    numberOfAsk.set(key, asks.length);
    return asks.push(asked) - 1;
  }

  function effectOf(writes: readonly number[], reads: readonly number[]): number {
    const masks = [bitsOf(writes.filter((_, at) => at % 2 === 0)), bitsOf(reads)] as const;
    const key = masks.join();
    const old = effects.get(key);
    if (old !== undefined) return old;
    if (effectMasks.length === MOST_EFFECTS) return 0;
    effects.set(key, effectMasks.length);
    return effectMasks.push(masks) - 1;
  }

  /** Grows whenever the function of a place would be another. */
  function knowledgeOf(node: Node): number {
    const steps = node.kind === 'at' ? [node] : node.starts.map(({ first }) => first);
    const guards = node.kind === 'at' ? [] : node.starts.map(({ possible }) => possible);
    const situations = steps.flatMap(({ table }) => table.learned());
    const events = new Set(situations.flatMap(({ entry }) => entry.events));
    const tables = [...events].flatMap((event) => [judges.eventTable(event, true), judges.eventTable(event, false)]);
    const failing =
      situations.some(({ entry }) => entry.failure) || steps.some(({ next }) => next.some(({ error }) => error));
    return (
      situations.length +
      [...guards, ...tables].reduce((sum, table) => sum + table.learned().length, 0) +
      (events.size > 0 || failing ? open.found : 0)
    );
  }
}

const tablesOf = (node: Node): readonly Table<unknown>[] =>
  node.kind === 'at' ? [node.table] : node.starts.flatMap(({ possible, first }) => [possible, first.table]);
const readsOf = (table: Table<unknown>): readonly number[] => table.learned().flatMap(({ reads }) => reads);
const writesOf = (table: Table<unknown>): readonly number[] =>
  table.learned().flatMap(({ entry }) => entry.writes.filter((_, at) => at % 2 === 0));
const bitsOf = (cells: readonly number[]): bigint =>
  [...new Set(cells)].reduce((bits, cell) => bits | (1n << BigInt(cell % 64)), 0n);
