import { assemble, menuOf, type Bus, type Machine, type Principle, type Strategy } from '@busward/core';
import { compile, type Compiled } from './compile.ts';
import type { Engine, IsEnough } from './engine.ts';
import type { Limits } from './explore.ts';
import { findings, type Findings } from './findings.ts';
import type { Result } from './laboratory.ts';
import { leftSearches, type LeftSearches } from './left-searches.ts';
import { likeUsersOf } from './users/like-users.ts';
import type { Watched } from './watched.ts';
import type { IsFar } from './when-to-leave.ts';

/** How systems are explored. */
export interface Setting {
  readonly buses: readonly Bus[];
  readonly principles: readonly Principle[];
  readonly inFlight: number;
  readonly limits: Limits;
  readonly engine: Engine;
  /** Whether like devices and systems with the same tables are looked at once. */
  readonly reduction: boolean;
}

/** Explores systems in the open world, and none twice that is sure to behave like one before, or that was left. */
export interface ExploringOnce {
  readonly found: Findings;
  readonly left: LeftSearches;
  compiledFor(machine: Machine, strategy: Strategy): Compiled;
  /** What was found before is taken if it `isEnough`, even if that was not all. */
  explore(machine: Machine, strategy: Strategy, kin: object, isEnough?: IsEnough): Watched<Result>;
  /** The same, and the search goes on until it `isEnough`. Nothing if it `isFar`: then it is left. */
  exploreOrLeave(
    machine: Machine,
    strategy: Strategy,
    kin: object,
    isEnough: IsEnough,
    isFar?: IsFar,
  ): Watched<Result | undefined>;
}

export function exploringOnce(setting: Setting): ExploringOnce {
  const { buses, principles, inFlight, limits, engine, reduction } = setting;
  const found = findings(principles);
  const left = leftSearches(engine, principles, limits);
  return {
    found,
    left,
    compiledFor,
    *explore(machine, strategy, kin, isEnough) {
      return (yield* exploreUntil(machine, strategy, kin, isEnough))!;
    },
    exploreOrLeave: (machine, strategy, kin, isEnough, isFar) =>
      exploreUntil(machine, strategy, kin, isEnough, isEnough, isFar),
  };

  function compiledFor(machine: Machine, strategy: Strategy): Compiled {
    const compiled = compile(assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: menuOf(machine) }));
    const likeUsers = reduction ? likeUsersOf(compiled) : undefined;
    return { ...compiled, ...(likeUsers && { likeUsers }) };
  }

  function* exploreUntil(
    machine: Machine,
    strategy: Strategy,
    kin: object,
    isEnough?: IsEnough,
    until?: IsEnough,
    isFar?: IsFar,
  ): Watched<Result | undefined> {
    const before = found.itself(machine, strategy, kin, isEnough);
    if (before) return before;
    const begun = left.compiledOf(machine, strategy);
    const compiled = begun ?? compiledFor(machine, strategy);
    const twin = begun ? undefined : found.twinOf(compiled, kin, isEnough);
    if (twin) return twin;
    const exploration = yield* left.exploring(compiled, until, isFar);
    if (!exploration) return undefined;
    const result = { machine, compiled: exploration.on ?? compiled, exploration };
    found.keep(result, kin);
    return result;
  }
}
