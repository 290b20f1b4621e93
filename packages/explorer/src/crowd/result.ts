import type { Compiled } from '../tables/compile.ts';
import type { Ending } from '../search/ended.ts';
import type { Sketch } from './sketch.ts';

/** What can be said of a machine with crowds, whatever the size of each. */
export type CrowdResult = Pictured | Untold | Apart;

/** What was seen in pictures: if all were, what is not among `mayBreak` is never broken. */
export interface Pictured extends Ending {
  readonly kind: 'pictured';
  /** Pictures of states, not states. */
  readonly states: number;
  /** `P1 pci`: a principle and the bus of a device that may take part in breaking it; and after how many steps at least. */
  readonly mayBreak: ReadonlyMap<string, number>;
  /** What it was looked for on. */
  readonly compiled: Compiled;
  readonly sketch: Sketch;
  /** Operations may have seen anything ({@link pastLooks}). */
  readonly isPast: boolean;
  /** Users of whom it does not matter who is who. */
  readonly alike?: readonly (readonly string[])[];
}

/** Pictures can say nothing of the strategy. */
export interface Untold {
  readonly kind: 'untold';
  readonly because: string;
}

/** The devices of a mixed crowd are not alike: nothing is said. */
export interface Apart {
  readonly kind: 'apart';
}

/** Devices that seemed alike are told apart by a plugin: nothing is said, and they do not seem alike any more. */
export const toldApart: Untold = { kind: 'untold', because: 'since devices that seemed alike are told apart' };

export const apart: Apart = { kind: 'apart' };

export const isPictured = (one: CrowdResult): one is Pictured => one.kind === 'pictured';
