import type { Machine } from '@busward/core';

/**
 * The proof that two sides are the same: for each machine a partition of the states of both that is a branching
 * bisimulation. Plain data, to be written to a file and checked by `verifyCertificate`, which searches nothing.
 */
export interface Certificate {
  readonly format: 'busward certificate 1';
  readonly sides: readonly [CertifiedSide, CertifiedSide];
  /** Operations in flight at once. */
  readonly inFlight: number;
  readonly relations: readonly Relation[];
}

/** What has to be put together again to check: names as the command line takes them. */
export interface CertifiedSide {
  readonly name: string;
  readonly strategy: string;
  /** A bus for each that the machines have: `pci`, `cdx@6.12`. */
  readonly buses: readonly string[];
}

/** One machine, as each side has it. */
export interface Relation {
  readonly machine: readonly [Machine, Machine];
  /** SHA-256 of each side's transition system: a changed plugin has another one, if the change can be seen at all. */
  readonly hash: readonly [string, string];
  /** The block of each state of each side, in order of the states' keys. The sides' first states share a block. */
  readonly blocks: readonly [readonly number[], readonly number[]];
}
