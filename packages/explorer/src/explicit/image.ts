import type { Happening } from '@busward/core';
import type { At, Compiled, Start } from '../tables/compile.ts';
import type { Judges } from '../judging/judges.ts';
import type { Packing } from '../search/lay-out.ts';
import type { Entry, Row, Situation } from '../tables/table.ts';
import type { Bundles } from './bundles.ts';
import { effectsIn } from './effects.ts';
import { bitsOfPair, CRASH, KEPT, LEAF, LISTS, pairsOf, ROWS, transitionOf } from './record.ts';
import { classOf, JUDGED, MOVES, WAITS } from './sleep.ts';
import { treesIn, type Known } from './trees.ts';
import { verdictsIn, type Open, type Verdicts } from './verdicts.ts';

/** The tables of a system as numbers in linear memory, where the search follows them. */
export interface Image extends Pick<Verdicts, 'asks' | 'teachJudge' | 'refresh'> {
  /** Where it ends now. */
  readonly end: number;
  /** There is no room for more. */
  readonly full: boolean;
  /** Writes what every slot does in a state, which stands packed at an address, too; false if all of it was there. */
  teach(row: Row, state: number): boolean;
}

/** One tree for each place of the programs, or for each bundle of starts, with a leaf for each situation that came up. */
export function imageOf(
  compiled: Compiled,
  bundles: Bundles,
  judges: Judges,
  packing: Packing,
  sleepBits: number,
  open: Open,
  { buffer }: { readonly buffer: ArrayBufferLike },
): Image {
  const { cells, nodes, slots } = compiled;
  const view = new Int32Array(buffer);
  const bytes = new Uint8Array(buffer);
  const wide = new BigInt64Array(buffer, 0, ROWS / 8);
  const pairs = pairsOf(packing);
  const transition = transitionOf(packing);
  const trees = treesIn(view, cells, packing);
  const effects = effectsIn(buffer, compiled.bits);
  const verdicts = verdictsIn(trees, view, compiled, judges, open, maskOf);

  /** Of each place the cells that its trees test. */
  const tested = nodes.map(() => new Set<number>());

  bundles.forEach((all, at) => {
    const tables = trees.list(all.length, 8, 8 * pairs);
    all.forEach((starts, one) => {
      trees.put(tables + 8 + 8 * one, starts ? 1 << classOf(one, all.length, sleepBits) : JUDGED);
    });
    trees.put(LISTS + 4 * at, tables);
  });

  return {
    asks: verdicts.asks,
    teachJudge: verdicts.teachJudge,
    refresh: verdicts.refresh,
    get end() {
      return trees.end;
    },
    get full() {
      return trees.full;
    },
    teach(row, state) {
      let more = false;
      for (let slot = 0; slot < slots; slot++) {
        const from = row[cells.length + slot]!;
        const others = Array.from({ length: slots }, (_, one) => nodes[row[cells.length + one]!]!);
        const alone = others.every(({ kind }, one) => one === slot || kind === 'idle');
        bundles[from]!.forEach((_, bundle) => {
          const root = view[(LISTS + 4 * from) >> 2]! + 4 + 8 * bundle;
          if (!isKnown(root, state)) more = teachBundle(root, from, bundle, alone, row) || more;
        });
      }
      return more && !trees.full;
    },
  };

  /** What a tree leads to is there, and no event, of which more might have to be told. */
  function isKnown(root: number, state: number): boolean {
    const leaf = trees.leafFor(root, state);
    return leaf !== 0 && view[(leaf + LEAF.sleep) >> 2] !== JUDGED;
  }

  /** What the step at a place does, or those that a bundle of starts begins with; false if all was there. */
  function teachBundle(root: number, from: number, bundle: number, alone: boolean, row: Row): boolean {
    const starts = bundles[from]![bundle];
    const { situations, taken } = situationOf(starts ?? [{ first: nodes[from] as At, possible: undefined }], from, row);
    const more = taken.map(({ entry, failure }) => {
      if (failure) return false;
      const after = row.slice();
      for (const [cell, value] of pairsIn(entry.writes)) after[cell] = value;
      return verdicts.teachEvents(heard(entry), alone, after);
    });
    const reads = situations.flatMap((one) => one.reads);
    const values = situations.flatMap((one) => one.values);
    if (!trees.insert(root, { reads, values }, (known) => leafOf(taken, known))) return more.includes(true);
    const writes = taken.flatMap(({ entry }) => cellsIn(entry.writes));
    readAt(from, reads);
    if (starts) effects.classTouches(classOf(bundle, bundles[from]!.length, sleepBits), writes, reads);
    else effects.placeTouches(from, writes, reads);
    return true;
  }

  /** Behind the list of a place stand the bits that its trees test; where they are many, what is found is kept for a while. */
  function readAt(place: number, reads: readonly number[]): void {
    for (const cell of reads) tested[place]!.add(cell);
    const masks = maskOf([...tested[place]!]);
    const behind = view[view[(LISTS + 4 * place) >> 2]! >> 2]!;
    masks.forEach((bits, pair) => trees.putWide(behind + 8 * pair, bits));
    if (masks.reduce((sum, bits) => sum + ones(bits), 0) > MANY) bytes[KEPT + place] = 1;
  }

  /** What steps read in a state, guards among it, and what those do that do not wait. */
  function situationOf(steps: readonly (Start | Step)[], from: number, row: Row): Situations {
    const situations: Situation<unknown>[] = [];
    const taken: Taken[] = [];
    for (const { possible, first } of steps) {
      const guard = possible?.situation(row);
      if (guard) situations.push(guard);
      if (guard?.entry.result === false) continue;
      const situation = first.table.situation(row);
      situations.push(situation);
      const { entry } = situation;
      const next = first.next[entry.result];
      const failure = entry.failure ?? next?.error;
      const reads = [...(guard?.reads ?? []), ...situation.reads];
      if (entry.result !== -1) taken.push({ step: first, from, to: next?.to ?? from, entry, failure, reads });
    }
    return { situations, taken };
  }

  /** A leaf with the transitions of some steps in one situation. */
  function leafOf(taken: readonly Taken[], known: Known): number {
    const failures = taken.flatMap(({ step, failure }) => (failure ? [{ step, thrown: failure }] : []));
    const going = taken.filter(({ failure }) => !failure);
    const stays = ({ entry, from, to }: Taken): boolean =>
      from === to && heard(entry).length === 0 && changesOf(entry, known).length === 0;
    const puts = going.filter((one) => !stays(one)).map((one) => transitionFor(one, known));
    const loops = going.length - puts.length;
    const write = (): number => {
      const at = trees.room(LEAF.bytes + puts.length * transition.bytes);
      trees.put(at + LEAF.transitions, puts.length);
      trees.put(at + LEAF.loops, loops);
      trees.put(at + LEAF.sleep, sleepsAs(puts, loops));
      puts.forEach((one, number) => writeTransition(at + LEAF.bytes + number * transition.bytes, one));
      return at;
    };
    if (failures.length === 0) return trees.shared(`leaf ${loops} ${puts.map(textOf).join()}`, write);
    const at = write();
    verdicts.watch(at + LEAF.look, failures);
    return at;
  }

  function transitionFor({ to, entry, reads }: Taken, known: Known): Transition {
    const changes = changesOf(entry, known);
    const changed = changes.map(([cell]) => cell);
    const set = Array.from({ length: pairs }, () => 0n);
    for (const [cell, value] of changes) set[pairOf(cell)]! |= BigInt(value) << shiftOf(cell);
    const crash = entry.events.some(({ kind }) => kind === 'crashed') ? CRASH : 0;
    const writes = cellsIn(entry.writes);
    return {
      kept: maskOf(changed).map((bits, pair) => bitsOfPair(packing, pair) & ~bits),
      set,
      to,
      ask: crash | verdicts.askAfter(writes, changed),
      effect: effects.effectOf(writes, reads) << 8,
      events: verdicts.listOf(heard(entry)),
    };
  }

  function writeTransition(at: number, { kept, set, to, ask, effect, events }: Transition): void {
    kept.forEach((bits, pair) => {
      wide[(at + 16 * pair) / 8] = bits;
      wide[(at + 16 * pair) / 8 + 1] = set[pair]!;
    });
    trees.put(at + transition.to, to);
    trees.put(at + transition.ask, ask);
    trees.put(at + transition.effect, effect);
    trees.put(at + transition.events, events);
  }

  function heard({ events }: Entry<number>): readonly Happening[] {
    return events.filter((event) => judges.hears(event));
  }

  function pairOf(cell: number): number {
    return packing.wordOf[cell]! >> 1;
  }

  function shiftOf(cell: number): bigint {
    return BigInt(packing.shiftOf[cell]! + 32 * (packing.wordOf[cell]! & 1));
  }

  /** The bits of cells, for each pair of words. */
  function maskOf(some: readonly number[]): readonly bigint[] {
    const bits = Array.from({ length: pairs }, () => 0n);
    for (const cell of some) bits[pairOf(cell)]! |= BigInt(packing.masks[cell]!) << shiftOf(cell);
    return bits;
  }
}

interface Step {
  readonly first: At;
  readonly possible: undefined;
}

interface Situations {
  readonly situations: readonly Situation<unknown>[];
  readonly taken: readonly Taken[];
}

interface Taken {
  readonly step: At;
  readonly from: number;
  readonly to: number;
  readonly entry: Entry<number>;
  readonly failure: Error | undefined;
  readonly reads: readonly number[];
}

/** As {@link transitionOf} lays it out. */
interface Transition {
  readonly kept: readonly bigint[];
  readonly set: readonly bigint[];
  readonly to: number;
  readonly ask: number;
  readonly effect: number;
  readonly events: number;
}

const textOf = ({ kept, set, to, ask, effect, events }: Transition): string =>
  [...kept, ...set, to, ask, effect, events].join(' ');

function sleepsAs(puts: readonly Transition[], loops: number): number {
  if (puts.some(({ events }) => events !== 0)) return JUDGED;
  return puts.length + loops > 0 ? MOVES : WAITS;
}

type Change = readonly [cell: number, value: number];

/** Bits that are tested sooner than found again. */
const MANY = 4;
const ones = (bits: bigint): number => bits.toString(2).replaceAll('0', '').length;

/** What is written and was not so. */
const changesOf = ({ writes }: Entry<number>, known: Known): readonly Change[] =>
  pairsIn(writes).filter(([cell, value]) => known.get(cell) !== value);
const pairsIn = (writes: readonly number[]): readonly Change[] =>
  writes.flatMap((cell, at) => (at % 2 === 0 ? [[cell, writes[at + 1]!] as const] : []));
const cellsIn = (writes: readonly number[]): readonly number[] => writes.filter((_, at) => at % 2 === 0);
