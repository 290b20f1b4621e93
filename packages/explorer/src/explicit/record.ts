import type { Node } from '../compile.ts';
import type { Packing } from '../lay-out.ts';
import { PAGE } from './wasm.ts';

/*
 * The linear memory of a search: a header, the buffer of successors that are not looked up yet, what a look-up reports,
 * then the states in order of insertion, and behind them the table of their numbers, which moves up as both grow.
 */

/** Addresses of the header. */
export const AT = {
  /** Where the next successor is put. */
  put: 0,
  /** The state that is expanded. */
  current: 4,
  /** The first state that is not expanded. */
  until: 44,
  /** Transitions from a state to itself, which are counted and not looked up. */
  loops: 8,
  /** A state came to something that only JavaScript can tell. */
  missed: 12,
  size: 16,
  table: 20,
  /** Places in the table. */
  places: 24,
  /** The bits of an entry that are not the number, but bits of the hash. */
  tag: 28,
  /** How many a look-up has reported. */
  asked: 32,
  crashes: 36,
  sought: 40,
  /** The slot whose moves are put now. */
  slot: 52,
  /** Bytes of successors that did not have to be looked up. */
  skipped: 56,
  /** The slots that can sleep; 0 once one state is not expanded. */
  canSleep: 60,
  /** What was touched, so that no compiler leaves that out. */
  seen: 48,
} as const;

/** Successors that are looked up together, so that their cache misses overlap. */
export const BATCH = 1024;
/** For each place of the programs a byte: 1 if it is in an operation. */
export const BUSY = 64;
export const MOST_PLACES = 8192;
/** For each place 16: the cells that its steps read or write, and those that they write; a bit for each, modulo 64. */
export const PLACES = BUSY + MOST_PLACES;
/** For what moves do 16: the cells that are written, and those that the step reads. The first is said to touch all. */
export const EFFECTS = PLACES + 16 * MOST_PLACES;
export const MOST_EFFECTS = 4096;
/** Of each new state that has to be judged its number and what to ask; of each after a crash its number. */
export const ASKED = EFFECTS + 16 * MOST_EFFECTS;
export const CRASHES = ASKED + 8 * BATCH;
export const BUFFER = CRASHES + 4 * BATCH;
export const MOST_WORDS = 32;
export const ROWS = 8 * PAGE;

/** A successor in the buffer: its packed state, then these. */
export const fieldsOf = ({ words }: Packing) => ({
  hash: 4 * words,
  /** The address in the table where it belongs. */
  home: 4 * words + 4,
  from: 4 * words + 8,
  /** Which judges to ask if it is new (0: none); {@link CRASH} if nothing comes after it. */
  ask: 4 * words + 12,
  /** Which slot moved, and from bit 8 on its effect. */
  effect: 4 * words + 20,
  /** What was at home when the look-up began. */
  hint: 4 * words + 16,
  bytes: (4 * words + 24 + 7) & ~7,
});
export const CRASH = 0x10000;

export const mostSuccessors = (nodes: readonly Node[], slots: number): number =>
  slots * Math.max(1, ...nodes.map((node) => (node.kind === 'at' ? 1 : node.starts.length)));
