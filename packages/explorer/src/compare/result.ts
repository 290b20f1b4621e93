import type { Machine, System } from '@busward/core';
import type { Kind } from '../likeness/kinds.ts';
import type { Decided } from '../search/engine.ts';
import type { Compiled } from '../tables/compile.ts';

/** What became of the devices of a machine under a strategy. */
export type Result = Explored | Few | Isolated;

/** The machine itself was explored. */
export interface Explored {
  readonly kind: 'explored';
  readonly machine: Machine;
  readonly compiled: Compiled;
  readonly exploration: Decided;
}

/** Few of its devices were explored, who stand for all: of like devices two at most, and of a mixed crowd, too. */
export interface Few extends Omit<Explored, 'kind'> {
  readonly kind: 'few';
  /** The machine that is spoken of, and its crowds. */
  readonly whole: System;
  readonly drawn: readonly Kind[];
  /** `P1 pci`: what may be broken in it, and nothing else; absent if that is not known, or if nothing worse could be found. */
  readonly mayBreak?: ReadonlySet<string>;
}

/** Nothing is broken in any picture of it. */
export interface Isolated {
  readonly kind: 'isolated';
  readonly machine: Machine;
  readonly compiled: Compiled;
  readonly drawn: readonly Kind[];
}
