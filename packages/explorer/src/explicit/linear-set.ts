import type { Reduced } from '../search/reduced.ts';
import type { Judges } from '../judging/judges.ts';
import { layOut } from '../search/lay-out.ts';
import type { StateSet } from '../search/state-set.ts';
import type { Row } from '../tables/table.ts';
import { bundlesAt } from './bundles.ts';
import { imageOf } from './image.ts';
import { functionsFor, instantiated, pagesOf, released, reserved } from './instance.ts';
import { GROUP } from './look-up.ts';
import {
  ASKED,
  AT,
  BATCH,
  BATCH_OF_TWO,
  BUFFER,
  BUFFERS,
  BUSY,
  CRASHES,
  fieldsOf,
  IMAGE,
  MOST_AT_ONCE,
  MOST_JUDGES,
  MOST_IN_ORDER,
  MOST_OF_TWO,
  MOST_PLACES,
  MOST_SUCCESSORS,
  MOST_WORDS,
  mostSuccessors,
  QUIET_POWER,
  quietBytes,
  REPORT,
  rowBytes,
  ROWS,
} from './record.ts';
import { recentOf } from './recent.ts';
import { ringIn } from './ring.ts';
import { FIRST, fullFor, hasRoomFor, room, writtenIn } from './room.ts';
import { secondIn, type Helper } from './second.ts';
import { sleepBits } from './sleep.ts';
import { ordersIn, putOrder } from './in-order.ts';
import { PAGE } from './wasm.ts';
import type { Open } from './verdicts.ts';

/** States in linear memory, and the tables, which WebAssembly follows to expand them. */
export interface LinearSet extends StateSet {
  /** Linear memory has no room for more: it ends at 4 GiB. */
  readonly full: boolean;
  /** Nothing is expanded or read after this. */
  end(): void;
  /**
   * Expands states from `from` up to `until`, all of one layer, as far as the tables in memory know how; gives the first
   * that was not expanded. `isWhole`: every state before was expanded, none left out after a crash. Ends early when there
   * may soon be more than `most` states.
   */
  expand(from: number, until: number, isWhole: boolean, most: number): Expanded;
  /** The first of the states from `from` up to `until` that leads to state `number`, or -1, and `next` as above. */
  leadingTo(number: number, from: number, until: number): { readonly parent: number; readonly next: number };
}

interface Expanded {
  readonly next: number;
  /** `next` has something to tell. */
  readonly missed: boolean;
  readonly transitions: number;
}

/** Is told, in order, what has to be looked at among new states. */
export interface Told {
  judge(judge: number, number: number, state: Row): void;
  crashed(number: number): void;
}

/** States from which on a second worker is asked for. */
const MANY = 30_000;

/** Whether there is room for the system where it is kept. */
export const fits = ({ nodes, slots, bits, likeUsers, likeDevices }: Reduced, judges: Judges): boolean =>
  nodes.length <= MOST_PLACES &&
  [likeUsers, likeDevices].every((order) => (order?.members.length ?? 0) <= MOST_IN_ORDER) &&
  judges.states.length <= MOST_JUDGES &&
  mostSuccessors(nodes, slots) <= MOST_SUCCESSORS &&
  layOut(bits, slots, likeDevices?.blocks).words <= MOST_WORDS;

/**
 * Takes the states of `from` over, which may become `mostStates` before the search is stopped. Throws where WebAssembly is not to
 * be had. `helper` is asked for a second worker once there are many states, if memory can be shared.
 */
export function linearSet(
  compiled: Reduced,
  judges: Judges,
  from: StateSet,
  open: Open,
  told: Told,
  mostStates = Infinity,
  helper?: Helper,
): LinearSet {
  const packing = layOut(compiled.bits, compiled.slots, compiled.likeDevices?.blocks);
  const { words, wordOf, shiftOf, masks } = packing;
  const used = compiled.bits.flatMap((need, field) => (need > 0 ? [field] : []));
  const firstSlot = compiled.cells.length;
  const isShared = helper !== undefined && typeof SharedArrayBuffer !== 'undefined';
  const extent = isShared ? 'shared' : hasRoomFor(mostStates, packing, pagesOf.some * PAGE) ? 'some' : 'all';
  const memory = reserved(extent);
  const view = new Int32Array(memory.buffer);
  const { table, mostPower } = room(packing, memory.buffer.byteLength);
  const sleep = sleepBits(compiled);
  const bundles = bundlesAt(compiled);
  const recent = recentOf(bundles, packing);
  const module = functionsFor(compiled, packing, sleep, table, recent, isShared);
  const code = instantiated(module, memory);
  const second = isShared ? secondIn(view) : undefined;
  const image = imageOf(compiled, bundles, judges, packing, sleep, open, memory);
  const { bytes: each } = fieldsOf(packing);
  const fixed =
    BUFFER +
    (each + REPORT) * MOST_AT_ONCE +
    (second ? (2 * each + REPORT) * MOST_OF_TWO : 0) +
    2 ** QUIET_POWER * quietBytes(packing) +
    2 ** recent.power * recent.size;
  const row: Row = compiled.initial.slice();
  let full = false;
  let isAsked = false;
  const ring = ringIn(view, sleep > 0);

  const header = (at: number): number => view[at >> 2]!;
  const setHeader = (at: number, value: number): void => void (view[at >> 2] = value);
  const groups = (): number => 2 ** header(AT.power);
  const capacity = (): number => Math.floor(groups() * GROUP * fullFor(words));

  setHeader(AT.put, BUFFER);
  new Uint8Array(memory.buffer).set(
    compiled.nodes.map(({ kind }) => (kind === 'at' ? 1 : 0)),
    BUSY,
  );
  for (const order of ordersIn(compiled)) putOrder(order, view);
  view.set(from.packed(), ROWS >> 2);
  setHeader(AT.size, from.size);
  setHeader(AT.power, FIRST);
  while (capacity() < from.size) setHeader(AT.power, header(AT.power) + 1);
  code.putIn(from.size, 0);

  return {
    get size() {
      return header(AT.size);
    },
    get bytes() {
      return fixed + image.end - IMAGE + ring.bytes + rowBytes(packing) * header(AT.size) + 4 * GROUP * groups();
    },
    get full() {
      return full;
    },
    end() {
      second?.end();
      // A second worker may still be about to look whether there is anything to do.
      if (!isAsked) released(memory, extent, writtenIn(view, packing, table, image.end));
    },
    packed: () => view.subarray(ROWS >> 2, (ROWS >> 2) + header(AT.size) * words),
    add(state) {
      if (!hasRoom(1)) return -1;
      const put = header(AT.put) >> 2;
      view.fill(0, put, put + words + 1);
      for (const one of used) pack(one, state[one]!);
      return insert();
    },
    addAfter(number, state, writes) {
      if (!hasRoom(1)) return -1;
      const put = header(AT.put) >> 2;
      const at = (ROWS >> 2) + number * words;
      view.copyWithin(put, at, at + words);
      view[put + words] = 0;
      for (let write = 0; write < writes.length; write += 2) pack(writes[write]!, writes[write + 1]!);
      for (let slot = firstSlot; slot < state.length; slot++) pack(slot, state[slot]!);
      return insert();
    },
    read,
    expand(first, until, isWhole, most) {
      let transitions = 0;
      let batches = 0;
      if (second && !isAsked && header(AT.size) > MANY) {
        isAsked = true;
        helper!(module, memory);
      }
      // Few are not worth a meeting.
      const two = second?.isThere && until - first > BATCH_OF_TWO ? second : undefined;
      const [batch, ahead] = two ? [BATCH_OF_TWO, 2 * MOST_OF_TWO] : [BATCH, MOST_AT_ONCE];
      image.refresh();
      setHeader(AT.canSleep, isWhole && !ring.isAwake ? -1 : 0);
      setHeader(AT.current, first);
      setHeader(AT.until, until);
      let missed = false;
      let goesOn = hasRoom(ahead);
      while (header(AT.current) < until && !missed && goesOn) {
        const buffer = two ? BUFFERS[batches++ & 1]! : BUFFER;
        setHeader(AT.put, buffer);
        setHeader(AT.enough, buffer + batch * each);
        setHeader(AT.loops, 0);
        setHeader(AT.skipped, 0);
        setHeader(AT.missed, 0);
        code.expand();
        const end = header(AT.put);
        transitions += header(AT.loops) + header(AT.skipped) + (end - buffer) / each;
        if (!two) code.lookUp(buffer, end);
        meet();
        goesOn = hasRoom(ahead) && header(AT.size) + ahead <= most;
        two?.handOver(buffer, end);
        if (header(AT.missed) === 0) continue;
        meet();
        missed = !image.teach(read(header(AT.current), row), ROWS + header(AT.current) * rowBytes(packing));
      }
      meet();
      setHeader(AT.put, BUFFER);
      return { next: header(AT.current), missed, transitions };
    },
    leadingTo(number, first, until) {
      setHeader(AT.canSleep, 0);
      setHeader(AT.current, first);
      setHeader(AT.until, until);
      setHeader(AT.missed, 0);
      setHeader(AT.sought, number);
      setHeader(AT.enough, BUFFER + BATCH * each);
      let parent = -1;
      while (parent < 0 && header(AT.current) < until && header(AT.missed) === 0) {
        code.expand();
        parent = code.find();
        setHeader(AT.put, BUFFER);
      }
      return { parent, next: header(AT.current) };
    },
  };

  function read(number: number, state: Row): Row {
    const at = (ROWS >> 2) + number * words;
    for (const one of used) state[one] = (view[at + wordOf[one]!]! >>> shiftOf[one]!) & masks[one]!;
    return state;
  }

  function pack(one: number, value: number): void {
    const at = (header(AT.put) >> 2) + wordOf[one]!;
    view[at] = (view[at]! & ~(masks[one]! << shiftOf[one]!)) | (value << shiftOf[one]!);
  }

  function insert(): number {
    const before = header(AT.size);
    setHeader(AT.canSleep, 0);
    code.finish();
    code.lookUp(BUFFER, header(AT.put));
    setHeader(AT.put, BUFFER);
    return header(AT.size) === before ? -1 : before;
  }

  /** Everything is looked up; tells what was reported. */
  function meet(): void {
    second?.meet();
    const [crashes, asked] = [header(AT.crashes), header(AT.asked)];
    setHeader(AT.crashes, 0);
    setHeader(AT.asked, 0);
    if (crashes > 0) setHeader(AT.canSleep, 0);
    for (let at = 0; at < crashes; at++) told.crashed(view[(CRASHES >> 2) + at]!);
    for (let at = 0, list = ASKED >> 2; at < asked; at++, list += 2) {
      const number = view[list]!;
      read(number, row);
      for (const judge of image.asks[view[list + 1]!]!) {
        told.judge(judge, number, row);
        image.teachJudge(judge, row);
      }
    }
  }

  function hasRoom(more: number): boolean {
    ring.hold(header(AT.size) + more - header(AT.current));
    while (header(AT.size) + more > capacity() && header(AT.power) < mostPower) code.putIn(code.double(), 1);
    // What is put aside while the table doubles stands behind the states, too.
    const end = ROWS + rowBytes(packing) * (header(AT.size) + more) + 4 * header(AT.size);
    full ||= image.full || header(AT.size) + more > capacity() || end > table;
    return !full;
  }
}
