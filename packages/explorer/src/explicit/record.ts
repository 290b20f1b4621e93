import type { Node } from '../tables/compile.ts';
import type { Packing } from '../search/lay-out.ts';
import { PAGE } from './wasm.ts';

/*
 * The linear memory of a search: a header, the buffer of successors that are not looked up yet, what a look-up reports, the
 * tables of the programs ({@link image.ts}), the states in order of insertion, and near the end the table of their numbers.
 * All addresses are fixed at the start: what is not used yet is address space and no memory.
 */

/**
 * Addresses of the header. What is written while others are read may be written by another worker (second.ts), so that it
 * stands in cache lines of its own.
 */
export const AT = {
  // Of expanding.
  /** Where the next successor is put. */
  put: 0,
  /** No state is expanded once `put` is there. */
  enough: 4,
  /** The state that is expanded. */
  current: 8,
  /** The first state that is not expanded. */
  until: 12,
  /** Transitions from a state to itself, which are counted and not looked up. */
  loops: 16,
  /** Successors that did not have to be looked up. */
  skipped: 20,
  /** A state came to something that only JavaScript can tell. */
  missed: 24,

  // Of looking up.
  size: 128,
  /** How many a look-up has reported. */
  asked: 132,
  crashes: 136,
  /** What was touched, so that no compiler leaves that out. */
  seen: 140,
  /** Batches that the second worker has looked up. */
  done: 256,

  // Written while neither is under way.
  /** The groups of places are 2 to the power of this. */
  power: 384,
  /** -1, or 0 once one state is not expanded: from then on nobody sleeps. */
  canSleep: 388,
  /** Places in the ring of those who sleep, less one. */
  ring: 392,
  sought: 396,
  /** The second worker is there. */
  there: 400,
  /** Where the batch that is handed over begins and ends. */
  first: 404,
  last: 408,
  /** Batches that were handed over to the second worker, or that it has to go. */
  handed: 512,
} as const;

/** Successors that are looked up together, so that their cache misses overlap; the last state may have that many more. */
export const BATCH = 512;
export const MOST_SUCCESSORS = 1536;
export const MOST_AT_ONCE = BATCH + MOST_SUCCESSORS;
/** The same of two workers, who should not have to meet too often. */
export const BATCH_OF_TWO = 1024;
export const MOST_OF_TWO = BATCH_OF_TWO + MOST_SUCCESSORS;
/** For each place of the programs a byte: 1 if it is in an operation. */
export const BUSY = 640;
export const MOST_PLACES = 8192;
/** For each place the address of the list of its tables, each with the bits that say that it sleeps. */
export const LISTS = BUSY + MOST_PLACES;
/** For each place a byte: 1 if its situations are kept for a while (recent.ts). */
export const KEPT = LISTS + 4 * MOST_PLACES;
/** For each place 16: the cells that its steps read or write, and those that they write; a bit for each, modulo 64. */
export const PLACES = KEPT + MOST_PLACES;
/** For what moves do 16: the cells that are written, and those that the step reads. The first is said to touch all. */
export const EFFECTS = PLACES + 16 * MOST_PLACES;
export const MOST_EFFECTS = 4096;
/** For each of these 4: the classes of starts that they leave alone; see {@link sleep.ts}. */
export const LEFT_ALONE = EFFECTS + 16 * MOST_EFFECTS;
/** For each judge 8: its table, and the devices that it has not found yet. */
export const JUDGES = LEFT_ALONE + 4 * MOST_EFFECTS;
export const MOST_JUDGES = 8192;
/**
 * For each set of judges that a successor may ask for the address of a list of them, behind which stand, for each pair of
 * words, the bits that they may read.
 */
export const ASKS = JUDGES + 8 * MOST_JUDGES;
export const MOST_ASKS = 16_384;
export const BUFFER = ASKS + 4 * MOST_ASKS;
export const MOST_WORDS = 32;
/** States, as far as judges read them, of which they had nothing to say, each with what was asked. */
export const QUIET = 16 * PAGE;
export const QUIET_POWER = 14;
export const quietBytes = (packing: Packing): number => 8 * pairsOf(packing) + 8;
/** What situations of a place lead to that came up lately (recent.ts). */
export const RECENT = 52 * PAGE;
/** Of two workers each has a buffer. */
export const BUFFERS = [60 * PAGE, 78 * PAGE] as const;
/** Of each new state that has to be judged its number and what to ask; of each after a crash its number. */
export const ASKED = 96 * PAGE;
export const CRASHES = ASKED + 8 * MOST_OF_TWO;
/** The numbers of states that successors may be, without those of whom nobody says so. */
export const HINTS = CRASHES + 4 * MOST_OF_TWO;
/** The bytes of both. */
export const REPORT = 12;
/** For each user, or device, that may be exchanged, and for each exchange of two, a number for each place (in-order.ts). */
export const MOST_IN_ORDER = 16;
export const IN_ORDER = 100 * PAGE;
/** Where the tables begin, the ring of those who sleep in states that are not expanded yet, and the states. */
export const IMAGE = 140 * PAGE;
export const RING = 1024 * PAGE;
export const MOST_IN_RING = 2 ** 25;
export const ROWS = RING + 4 * MOST_IN_RING;

export const rowBytes = ({ words }: Packing): number => 4 * words;
/** A state is read and written two words at a time. */
export const pairsOf = ({ words }: Packing): number => (words + 1) >> 1;
/** The bits of a pair of words that are the state's, and not the next one's. */
export const bitsOfPair = ({ words }: Packing, pair: number): bigint =>
  2 * pair + 1 < words ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;

/** A successor in the buffer: its packed state, then these. */
export function fieldsOf(packing: Packing) {
  const after = 8 * pairsOf(packing);
  return {
    hash: after,
    /** The number that the look-up found first where the hash leads, or 0. */
    hint: after + 4,
    from: after + 8,
    /** Which judges to ask if it is new (0: none); {@link CRASH} if nothing comes after it. */
    ask: after + 12,
    /** Which slot moved, and from bit 8 on its effect. */
    effect: after + 16,
    /** Who could sleep in it. */
    asleep: after + 20,
    bytes: after + 24,
  };
}
export const CRASH = 0x10000;

/** A transition in the tables: for each pair of words what is kept of it and what is put in, then these. */
export function transitionOf(packing: Packing) {
  const after = 16 * pairsOf(packing);
  return {
    /** The place it leads to. */
    to: after,
    /** As in the buffer. */
    ask: after + 4,
    effect: after + 8,
    /** The address of a list of pairs of tables that say what an event may break, alone and not; 0: none. */
    events: after + 12,
    bytes: after + 16,
  };
}

/**
 * A leaf of a table: how many transitions, how many to the state itself, whether JavaScript has to look, and how it sleeps
 * (sleep.ts); then its transitions. Of a judge's, and of an event's, the first says what is broken.
 */
export const LEAF = { transitions: 0, loops: 4, look: 8, sleep: 12, bytes: 16 } as const;
/** What stands for a leaf is its address less this: it is odd, and that of a test is not. 0 stands for what is not known. */
export const TO_LEAF = 7;

/** A test: which bits of the state are looked at; then one number for each value. */
export const testOf = ({ wordOf, shiftOf, masks }: Packing, cell: number): number =>
  (wordOf[cell]! * 4) | (shiftOf[cell]! << 8) | (masks[cell]! << 13);

/** What a test finds in the packed state at an address; walk.ts says it in WebAssembly. */
export const tested = (test: number, view: Int32Array, state: number): number =>
  (view[(state + (test & 0x7f)) >> 2]! >>> (test >>> 8)) & (test >>> 13);

export const mostSuccessors = (nodes: readonly Node[], slots: number): number =>
  slots * Math.max(1, ...nodes.map((node) => (node.kind === 'at' ? 1 : node.starts.length)));
