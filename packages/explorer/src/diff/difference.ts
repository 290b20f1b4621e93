import type { Machine, Principle } from '@busward/core';
import type { Witness } from '../witness/witness.ts';
import type { Certificate } from './certificate.ts';

/** What comparing two sides came to. The first of every pair is of the first side, everywhere. */
export interface Diff {
  /** Names of the sides, as they were given: `platform@6.14`, `linux@7.3`, `domain-compare`. */
  readonly sides: Pair<string>;
  readonly finding: Finding;
  /** Where the first side is the second one with a refinement. */
  readonly restriction?: Restriction;
  /** What was judged to tell which side is weaker. */
  readonly principles: readonly Principle[];
  /** What was looked at, in sentences: the finding does not hold beyond it. */
  readonly bound: readonly string[];
  /** Machines that were looked at, and states visited on both sides of them. */
  readonly machines: number;
  readonly states: number;
}

export type Pair<T> = readonly [T, T];

export type Finding =
  /** One side does what the other never does. */
  | Different
  /** Every trace of one is a trace of the other, yet one can commit itself earlier. */
  | { readonly kind: 'same outcomes, different choices'; readonly parting: Parting }
  /**
   * Branching bisimilar (divergence-blind) on every machine of the bound, or the same `by` some principles (by id) and no more. The
   * certificate is there if it was asked for.
   */
  | { readonly kind: 'same'; readonly by?: readonly string[]; readonly certificate?: Certificate }
  /** A limit was reached before anything told the sides apart, or a count that is not judged left its range. `covered` says what had been seen, in a sentence. */
  | { readonly kind: 'undecided'; readonly covered: string };

export interface Different {
  readonly kind: 'different';
  /** The smallest first. One, unless all were asked for. */
  readonly differences: readonly [Difference, ...Difference[]];
  /** Nothing smaller than the first exists within the bound: everything smaller was looked at. */
  readonly smallest: boolean;
  /** Of all machines of the bound, or of those that were explored before a limit was reached. */
  readonly standing: Standing;
  /** Principles (by id) that each side breaks on any of them. */
  readonly breaks: Pair<readonly string[]>;
}

/**
 * Which side is weaker: it breaks every principle that the other breaks, and one more (design: "violates strictly more
 * principles"). 'neither' breaks what the other keeps; 'incomparable': each does.
 */
export type Standing = 'first is weaker' | 'second is weaker' | 'neither' | 'incomparable';

/**
 * Whether one side admits nothing that the other does not: whatever it does, operations that it refuses left out, the other
 * can do, too. What refutes that is a scenario. `inFlight` is how many operations at once that was shown for; `undecided`,
 * what was not decided.
 */
export type Restriction =
  | {
      readonly kind: 'admits nothing more';
      readonly inFlight: number;
      readonly undecided?: Beyond;
    }
  | { readonly kind: 'admits more'; readonly difference: Difference }
  | { readonly kind: 'undecided' };

/** Operations in flight that nothing was shown for, since a limit was reached on so many machines. */
export interface Beyond {
  readonly inFlight: number;
  readonly machines: number;
}

/** One scenario that tells the sides apart. */
export interface Difference {
  /** The machine as each side has it: they differ in the bus of some devices, or not at all. */
  readonly machine: Pair<Machine>;
  /** Operations started, the one that tells them apart included. */
  readonly operations: number;
  /** Which side does what the other never does: 0 or 1. */
  readonly by: 0 | 1;
  /** What can be seen on both sides until they part: calls, answers, and changes of what devices show. */
  readonly before: readonly Seen[];
  /** What that side shows next, and the other never does after the same: `bind B to kernel -> OK`. */
  readonly shows: string;
  /** All that the other side can show next, instead. */
  readonly instead: readonly string[];
  readonly traces: Pair<Trace>;
  /** On this scenario alone. */
  readonly standing: Standing;
}

/** `passedOverBy`: that side could not make this call, and went on without it. */
export interface Seen {
  readonly text: string;
  readonly passedOverBy?: 0 | 1;
}

/** One side's run of the scenario: the side that shows it to the end, the other one as far as it goes along, and then on its own way. */
export interface Trace {
  readonly witness: Witness;
  /** The index of the first step that shows something that the other side does not, in `witness.steps`; its length if there is none. */
  readonly differsAt: number;
  /** Principles (by id) that are broken on the way, in order of their numbers. */
  readonly breaks: readonly string[];
}

/** The state where two sides part that have the same traces. */
export interface Parting {
  readonly machine: Pair<Machine>;
  readonly operations: number;
  /** What was seen on the way, the same on both sides. */
  readonly before: readonly string[];
  /** A way to the state on each side. */
  readonly traces: Pair<Witness>;
  /** What can still be shown from there on each side: one has committed itself, and can no longer do what the other can. */
  readonly can: Pair<readonly string[]>;
}
