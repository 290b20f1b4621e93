import type { Principle, System } from '@busward/core';
import { compile } from '../tables/compile.ts';
import type { Reduced } from './reduced.ts';
import type { Ending } from './ended.ts';
import type { IsEnough } from './engine.ts';
import type { Helper } from '../explicit/second.ts';
import { byNumber, judgesOf, type Judges } from '../judging/judges.ts';
import type { Turn } from '../tables/turns.ts';
import { supposingLikeUsers } from '../users/supposing-like-users.ts';
import { visiting, type Visited } from './visiting.ts';
import { finished, type Watched } from './watched.ts';

/** A principle that some device takes part in breaking. */
export interface Violation {
  readonly principle: Principle;
  readonly device: string;
  /** A shortest way there, for {@link witnessOf}. */
  readonly path: readonly Turn[];
}

export interface Exploration extends Ending {
  readonly states: number;
  readonly transitions: number;
  /** Each principle and device once, nearest first. */
  readonly violations: readonly Violation[];
  /** Users of whom it does not matter who is who: of states that differ in that only, one was visited. */
  readonly alike?: readonly (readonly string[])[];
}

/** What a search may take. */
export interface Limits {
  readonly maxStates: number;
  /** A second worker, of which a large search makes use. */
  readonly helper?: Helper;
  /** States after which it turns to linear memory, if not after as many as make that pay. */
  readonly linearAfter?: number;
  /** States after which steps are moved where they are taken together, if not after as many as make that pay. */
  readonly movedAfter?: number;
}

export const nearestFirst = (violations: readonly Violation[]): readonly Violation[] =>
  violations.toSorted((a, b) => a.path.length - b.path.length || byNumber(a.principle.id, b.principle.id));

export const usualLimits: Limits = { maxStates: 5_000_000 };

/**
 * Visits every reachable state of the system, breadth first, and judges each. Throws a PluginError when a plugin's
 * program throws in a state that is reached.
 */
export const explore = (system: System, principles: readonly Principle[], limits: Limits = usualLimits): Exploration =>
  exploreCompiled(compile(system), judgesOf(system, principles), limits);

export const exploreCompiled = (compiled: Reduced, judges: Judges, limits: Limits): Exploration =>
  finished(exploring(compiled, judges, limits));

/**
 * {@link exploreCompiled} in parts. A search begins in JavaScript, which learns the tables; a large one goes on in
 * WebAssembly that follows them in linear memory, and JavaScript sees what they do not know. The answer is the same.
 */
export const exploring = (
  compiled: Reduced,
  judges: Judges,
  limits: Limits,
  isEnough?: IsEnough,
): Watched<Exploration> =>
  supposingLikeUsers(compiled, (supposed) => visiting(supposed, judges, limits, withWays, isEnough));

function withWays({ found, wayTo: pathTo, ...visited }: Visited): Exploration {
  const violations = found.map((one) => ({ principle: one.principle, ...pathTo(one) }));
  return { ...visited, violations: nearestFirst(violations) };
}
