import type { Compiled } from '../tables/compile.ts';
import type { Sketch } from './sketch.ts';

/** What can be said of a machine with crowds, whatever the size of each. */
export interface CrowdResult {
  /** Pictures of states, not states. */
  readonly states: number;
  readonly transitions: number;
  /** All pictures were seen: what is not among `mayBreak` is never broken. */
  readonly complete: boolean;
  /** `P1 pci`: a principle and the bus of a device that may take part in breaking it; and after how many steps at least. */
  readonly mayBreak: ReadonlyMap<string, number>;
  /** Why not all was seen, or why this search can say nothing of the strategy. */
  readonly stoppedBy?: string;
  /** What it was looked for on. */
  readonly compiled?: Compiled;
  readonly sketch?: Sketch;
  /** Operations may have seen anything ({@link pastLooks}). */
  readonly isPast?: boolean;
  /** Users of whom it does not matter who is who. */
  readonly alike?: readonly (readonly string[])[];
  /** The devices of a mixed crowd are not alike: nothing is said. */
  readonly apart?: true;
}

/** Devices that seemed alike are told apart by a plugin: nothing is said, and they do not seem alike any more. */
export const toldApart: CrowdResult = {
  states: 0,
  transitions: 0,
  complete: false,
  mayBreak: new Map(),
  stoppedBy: 'since devices that seemed alike are told apart',
};

/** The devices of a mixed crowd are not alike. */
export const apart: CrowdResult = { states: 0, transitions: 0, complete: false, mayBreak: new Map(), apart: true };
