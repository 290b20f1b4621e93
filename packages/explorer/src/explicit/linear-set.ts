import { layOut } from '../lay-out.ts';
import type { Compiled } from '../compile.ts';
import type { Judges } from '../judges.ts';
import type { StateSet } from '../state-set.ts';
import { coder } from './code.ts';
import type { Open } from './place-code.ts';
import {
  ASKED,
  AT,
  BATCH,
  BUFFER,
  BUSY,
  CRASHES,
  EFFECTS,
  fieldsOf,
  MOST_PLACES,
  MOST_WORDS,
  mostSuccessors,
  PLACES,
  ROWS,
} from './record.ts';
import { MOST_PAGES, PAGE } from './wasm.ts';

/** States in linear memory, and code generated from the tables that expands them. */
export interface LinearSet extends StateSet {
  /** Linear memory has no room for more: it ends at 4 GiB. */
  readonly full: boolean;
  /**
   * Expands states from `from` up to `until`, as far as the code knows how; gives the first that was not expanded.
   * `isWhole`: every state before was expanded, none left out after a crash.
   */
  expand(from: number, until: number, isWhole: boolean): Expanded;
  /** The first of the states from `from` up to `until` that leads to state `number`, or -1, and `next` as above. */
  leadingTo(number: number, from: number, until: number): { readonly parent: number; readonly next: number };
  /** Generates the code again, from what the tables know by now; gives how many bytes that was. */
  renew(): number;
}

interface Expanded {
  readonly next: number;
  /** The code does not know all of `next`. */
  readonly missed: boolean;
  readonly transitions: number;
}

/** Is told, in order, what has to be looked at among new states. */
export interface Told {
  judge(number: number, judge: number): void;
  crashed(number: number): void;
}

/*
 * The table is built anew from the rows, behind the room for those to come; the one before is where they will be. So nothing
 * is copied, and a state takes its words, a place in the table and one in the table before. It is as empty as that allows
 * within 1.5 times the words and 8 bytes, the worst being the moment of growth.
 */
const growthFor = (words: number): number => (words < 4 ? 1.5 : 2);
const fullFor = (words: number): number =>
  Math.min(0.87, Math.max(0.6, (4 + 4 * growthFor(words)) / (2 * words + 8)) + 0.02);

/** Whether there is room for the system where it is kept. */
export const fits = ({ nodes, slots, bits }: Compiled): boolean =>
  nodes.length <= MOST_PLACES && mostSuccessors(nodes, slots) <= BATCH / 4 && layOut(bits, slots).words <= MOST_WORDS;

/**
 * Takes the states of `from` over. Throws where WebAssembly is not to be had.
 */
export function linearSet(compiled: Compiled, judges: Judges, from: StateSet, open: Open, told: Told): LinearSet {
  const packing = layOut(compiled.bits, compiled.slots);
  const { words, wordOf, shiftOf, masks } = packing;
  const used = compiled.bits.flatMap((need, field) => (need > 0 ? [field] : []));
  const firstSlot = compiled.cells.length;
  const field = fieldsOf(packing);
  const memory = new WebAssembly.Memory({ initial: ROWS / PAGE });
  let view = new Int32Array(memory.buffer);
  let capacity = 0;
  const mostFull = fullFor(words);
  let places = Math.ceil(from.size / mostFull);
  let full = false;
  // Below this address something was written once: up to the end of the table before.
  let wrote = ROWS;
  const functions = new WebAssembly.Table({ element: 'anyfunc', initial: 0 });
  const generator = coder(compiled, judges, packing, open, { shared: false });
  const { sleep } = generator;
  const code = instantiated(generator.core()) as Exports;
  renew();

  const header = (at: number): number => view[at >> 2]!;
  const setHeader = (at: number, value: number): void => void (view[at >> 2] = value);

  setHeader(AT.put, BUFFER);
  new Uint8Array(memory.buffer).set(
    compiled.nodes.map(({ kind }) => (kind === 'at' ? 1 : 0)),
    BUSY,
  );
  grow();
  view.set(from.packed(), ROWS >> 2);
  setHeader(AT.size, from.size);
  code.rehash();

  return {
    get size() {
      return header(AT.size);
    },
    get bytes() {
      return Math.max(wrote, ROWS + 4 * words * header(AT.size)) + 4 * places;
    },
    get full() {
      return full;
    },
    packed: () => view.subarray(ROWS >> 2, (ROWS >> 2) + header(AT.size) * words),
    add(row) {
      if (!hasRoom(1)) return -1;
      const put = header(AT.put) >> 2;
      view.fill(0, put, put + words);
      for (const one of used) pack(one, row[one]!);
      return insert();
    },
    addAfter(number, row, writes) {
      if (!hasRoom(1)) return -1;
      const put = header(AT.put) >> 2;
      const at = (ROWS >> 2) + number * words;
      view.copyWithin(put, at, at + words);
      view[put + sleep.word]! &= ~(sleep.mask << sleep.shift);
      for (let write = 0; write < writes.length; write += 2) pack(writes[write]!, writes[write + 1]!);
      for (let slot = firstSlot; slot < row.length; slot++) pack(slot, row[slot]!);
      return insert();
    },
    read(number, row) {
      const at = (ROWS >> 2) + number * words;
      for (const one of used) row[one] = (view[at + wordOf[one]!]! >>> shiftOf[one]!) & masks[one]!;
      return row;
    },
    expand(first, until, isWhole) {
      let transitions = 0;
      setHeader(AT.canSleep, isWhole ? sleep.mask : 0);
      setHeader(AT.current, first);
      setHeader(AT.until, until);
      setHeader(AT.missed, 0);
      while (header(AT.current) < until && header(AT.missed) === 0 && hasRoom(BATCH)) {
        setHeader(AT.loops, 0);
        setHeader(AT.skipped, 0);
        code.expand();
        transitions += header(AT.loops) + (header(AT.put) - BUFFER + header(AT.skipped)) / field.bytes;
        code.lookUp();
        if (header(AT.crashes) > 0) setHeader(AT.canSleep, 0);
        for (let at = 0; at < header(AT.crashes); at++) told.crashed(view[(CRASHES >> 2) + at]!);
        for (let at = 0, list = ASKED >> 2; at < header(AT.asked); at++, list += 2) {
          const number = view[list]!;
          for (const judge of generator.asks[view[list + 1]!]!) told.judge(number, judge);
        }
      }
      return { next: header(AT.current), missed: header(AT.missed) !== 0, transitions };
    },
    leadingTo(number, first, until) {
      setHeader(AT.current, first);
      setHeader(AT.until, until);
      setHeader(AT.missed, 0);
      setHeader(AT.sought, number);
      let parent = -1;
      while (parent < 0 && header(AT.current) < until && header(AT.missed) === 0) {
        code.expand();
        parent = code.find();
        setHeader(AT.put, BUFFER);
      }
      return { parent, next: header(AT.current) };
    },
    renew,
  };

  function pack(one: number, value: number): void {
    const at = (header(AT.put) >> 2) + wordOf[one]!;
    view[at] = (view[at]! & ~(masks[one]! << shiftOf[one]!)) | (value << shiftOf[one]!);
  }

  function insert(): number {
    const before = header(AT.size);
    setHeader(AT.canSleep, 0);
    code.finish();
    code.lookUp();
    return header(AT.size) === before ? -1 : before;
  }

  function renew(): number {
    const bytes = generator.renewed();
    if (functions.length < generator.tableSize) functions.grow(generator.tableSize - functions.length);
    instantiated(bytes);
    const footprints = new BigInt64Array(memory.buffer);
    generator.footprints.forEach(([touched, written], at) => {
      footprints[(PLACES + 16 * at) / 8] = touched;
      footprints[(PLACES + 16 * at) / 8 + 1] = written;
    });
    generator.effects.forEach(([written, read], at) => {
      footprints[(EFFECTS + 16 * at) / 8] = written;
      footprints[(EFFECTS + 16 * at) / 8 + 1] = read;
    });
    return bytes.length;
  }

  function instantiated(bytes: Uint8Array<ArrayBuffer>): object {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, table: functions } }).exports;
  }

  function hasRoom(more: number): boolean {
    if (header(AT.size) + more > capacity) full = !grow();
    return !full;
  }

  function grow(): boolean {
    wrote = Math.max(wrote, header(AT.table) + 4 * header(AT.places));
    places = Math.ceil(places * growthFor(words));
    capacity = Math.floor(places * mostFull);
    const table = ROWS + 4 * words * capacity;
    const pages = Math.ceil((table + 4 * places) / PAGE);
    if (pages > MOST_PAGES) return false;
    try {
      memory.grow(pages - memory.buffer.byteLength / PAGE);
    } catch {
      return false;
    }
    view = new Int32Array(memory.buffer);
    setHeader(AT.table, table);
    setHeader(AT.places, places);
    setHeader(AT.tag, ~(2 ** Math.ceil(Math.log2(capacity + 1)) - 1));
    code.rehash();
    return true;
  }
}

interface Exports {
  expand(): void;
  lookUp(): void;
  rehash(): void;
  finish(): void;
  find(): number;
}

/** What is used of WebAssembly; neither the language's library nor ours declares it. */
declare const WebAssembly: {
  readonly Memory: new (of: { readonly initial: number }) => {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  };
  readonly Table: new (of: { readonly element: 'anyfunc'; readonly initial: number }) => {
    readonly length: number;
    grow(entries: number): number;
  };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};
