import type { Principle } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import type { Breach } from './breach.ts';
import type { Reduced } from './reduced.ts';
import type { Exchanged } from '../devices/answers-for.ts';
import type { Viewed } from '../views/looking.ts';
import type { Enough } from './ended.ts';
import type { Exploration, Limits } from './explore.ts';
import type { Watched } from './watched.ts';

/** Whether that this is broken, found among so many states, is enough, and why. */
export type IsEnough = (broken: readonly Breach[], states: number) => Enough | undefined;

/** Looks at every state of a system, and says what is broken, with a shortest way to each. */
export interface Engine {
  readonly name: string;
  /** What it does, for a report. */
  readonly says: string;
  /** Less than every state, if what is broken `isEnough`. */
  explore(compiled: Reduced, principles: readonly Principle[], limits: Limits, isEnough?: IsEnough): Watched<Decided>;
  /**
   * The same by one of all states that differ in which of like devices is where. Nothing if no devices are alike.
   * Nothing, too, once `isEnough` says that what is broken is reason to look at fewer devices instead.
   */
  exchanging?(
    compiled: Reduced,
    principles: readonly Principle[],
    limits: Limits,
    isEnough: IsEnough,
  ): Watched<Decided | undefined>;
  /** The same engine where nothing is to be taken together or for one another; itself, if it does not do that. */
  readonly unreduced?: Engine;
}

/** What an engine found. Transitions are not told: a decision diagram does not count them. */
export interface Decided extends Omit<Exploration, 'transitions'> {
  /** States that were counted exactly, and not visited: a decision diagram decided. */
  readonly counted?: bigint;
  /** The tables that saw every situation, and that the ways are on, if they are not those that were given. */
  readonly on?: Compiled;
  /** Nothing but these is broken, and it was not said how. */
  readonly atMost?: readonly Breach[];
  /** A way may be shortest of those only in which so many devices do anything, at most. */
  readonly amongFew?: number;
  /**
   * States that differ in which of like devices is where were seen once, or, where no devices are alike, steps were taken together:
   * the tables do not know all situations.
   */
  readonly exchanged?: Exchanged;
  /** What can be broken at most is known from what each device can be in by itself. */
  readonly viewed?: Pick<Viewed, 'views' | 'isPast'>;
}
