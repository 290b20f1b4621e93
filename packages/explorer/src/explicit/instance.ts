import type { Reduced } from '../search/reduced.ts';
import type { Packing } from '../search/lay-out.ts';
import { double, putIn } from './double.ts';
import { expand } from './expand.ts';
import { inOrder, inOrderOf, ordersIn } from './in-order.ts';
import { lookUp } from './look-up.ts';
import { ROWS } from './record.ts';
import { remember, type Recent } from './recent.ts';
import { help } from './second.ts';
import { find, finish } from './successors.ts';
import { events, judges } from './walk.ts';
import { MOST_PAGES, moduleOf, PAGE } from './wasm.ts';

/**
 * How much a search has. V8 takes address space for memory: where it comes to half the heap's limit it collects all garbage, which takes
 * 20 ms, and makes room for young objects small again. So a search has all only if it may need it, and what it gives back is had by the next.
 */
export type Extent = 'some' | 'all' | 'shared';

export const pagesOf: Readonly<Record<Extent, number>> = { some: MOST_PAGES / 8, all: MOST_PAGES, shared: MOST_PAGES };
const spare: Record<Extent, Memory[]> = { some: [], all: [], shared: [] };

/** What is written of more than so many bytes is given back to the machine. */
const MOST_CLEARED = 2 ** 26;

/** As much address space, or what can be had of it; memory it becomes where it is written. All of it is 0. */
export function reserved(extent: Extent): Memory {
  const known = spare[extent].pop();
  if (known) return known;
  for (let pages = pagesOf[extent]; ; pages /= 2)
    try {
      const shared = extent === 'shared';
      return new WebAssembly.Memory(shared ? { initial: pages, maximum: pages, shared } : { initial: pages });
    } catch (error) {
      if (pages * PAGE < 4 * ROWS) throw error;
    }
}

/** Gives it back. `written`: from where to where, and nowhere else. Nobody may look at it from now on. */
export function released(memory: Memory, extent: Extent, written: readonly (readonly [number, number])[]): void {
  if (written.reduce((sum, [from, to]) => sum + to - from, 0) > MOST_CLEARED) return;
  for (const [from, to] of written) new Uint8Array(memory.buffer, from, to - from).fill(0);
  spare[extent].push(memory);
}

/** The module with everything that follows tables; for two workers with what the second does. */
export function functionsFor(
  compiled: Reduced,
  packing: Packing,
  sleep: number,
  table: number,
  recent: Recent,
  shared: boolean,
): Uint8Array<ArrayBuffer> {
  const slots = Array.from({ length: compiled.slots }, (_, slot) => compiled.cells.length + slot);
  const orders = ordersIn(compiled);
  const functions = {
    judges: judges(packing),
    events: events(),
    remember: remember(recent),
    lookUp: lookUp(packing, slots, sleep, table),
    expand: expand(compiled, packing, sleep, recent, orders),
    double: double(table, packing),
    putIn: putIn(table, packing),
    finish: finish(packing),
    find: find(packing),
    ...Object.fromEntries(orders.map((order, number) => [inOrderOf(number), inOrder(compiled, order, packing)])),
    ...(shared && { help: help(packing) }),
  };
  return moduleOf(functions, shared);
}

export function instantiated(bytes: Uint8Array<ArrayBuffer>, memory: Memory): Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports as Exports;
}

interface Exports {
  expand(): void;
  lookUp(first: number, last: number): void;
  double(): number;
  putIn(many: number, listed: 0 | 1): void;
  finish(): void;
  find(): number;
}

interface Memory {
  readonly buffer: ArrayBufferLike;
}

/** What is used of WebAssembly; neither the language's library nor ours declares it. */
declare const WebAssembly: {
  readonly Memory: new (of: {
    readonly initial: number;
    readonly maximum?: number;
    readonly shared?: boolean;
  }) => Memory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};
