import type { Machine } from '@busward/core';

/**
 * The proof that two sides are the same: for each machine a partition of the states of both that is a branching
 * bisimulation, blind to divergence. Plain data, to be written to a file; `verifyCertificate` checks it, and searches nothing.
 */
export interface Certificate {
  readonly format: 'busward certificate 1';
  /** Names of the sides, and what else it takes to put them together again, for whoever reads the file. */
  readonly sides: readonly [string, string];
  readonly under: Readonly<Record<string, string>>;
  /** Operations in flight at once. */
  readonly inFlight: number;
  readonly relations: readonly MachineRelation[];
}

/** One machine, as each side has it. */
export interface MachineRelation {
  readonly machine: readonly [Machine, Machine];
  /** SHA-256 of each side's transition system: a changed plugin has another one, if the change can come up at all. */
  readonly hash: readonly [string, string];
  /** The block of each state of each side, in order of the states' keys. The sides' first states share a block. */
  readonly blocks: readonly [readonly number[], readonly number[]];
}
