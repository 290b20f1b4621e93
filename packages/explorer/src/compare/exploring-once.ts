import { assemble, menuOf, type Bus, type Machine, type Principle, type Strategy } from '@busward/core';
import { compile } from '../tables/compile.ts';
import type { Reduced } from '../search/reduced.ts';
import type { Engine, IsEnough } from '../search/engine.ts';
import type { Limits } from '../search/explore.ts';
import { findings, type Findings } from './findings.ts';
import type { Explored } from './laboratory.ts';
import { leftSearches, type LeftSearches } from './left-searches.ts';
import { likeUsersOf } from '../users/like-users.ts';
import type { Watched } from '../search/watched.ts';
import type { IsFar } from './when-to-leave.ts';

/** How systems are explored. */
export interface Setting {
  readonly buses: readonly Bus[];
  readonly principles: readonly Principle[];
  readonly inFlight: number;
  readonly limits: Limits;
  readonly engine: Engine;
  /** Whether like devices and systems with the same tables are looked at once, and steps taken together. */
  readonly reduction: boolean;
}

/** Explores systems in the open world, and none twice that is sure to behave like one before, or that was left. */
export interface ExploringOnce {
  readonly found: Findings;
  readonly left: LeftSearches;
  compiledFor(machine: Machine, strategy: Strategy): Reduced;
  /** Until what was found `isEnough`, now or before. */
  explore(machine: Machine, strategy: Strategy, kin: object, isEnough?: IsEnough): Watched<Explored>;
  /** The same. Nothing if the search `isFar`: then it is left. */
  exploreOrLeave(
    machine: Machine,
    strategy: Strategy,
    kin: object,
    isEnough?: IsEnough,
    isFar?: IsFar,
  ): Watched<Explored | undefined>;
}

export function exploringOnce(setting: Setting): ExploringOnce {
  const { buses, principles, inFlight, limits, engine, reduction } = setting;
  const found = findings(principles);
  const left = leftSearches(reduction ? engine : (engine.unreduced ?? engine), principles, limits);
  return {
    found,
    left,
    compiledFor,
    *explore(machine, strategy, kin, isEnough) {
      return (yield* exploreOrLeave(machine, strategy, kin, isEnough))!;
    },
    exploreOrLeave,
  };

  function compiledFor(machine: Machine, strategy: Strategy): Reduced {
    const compiled = compile(assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: menuOf(machine) }));
    const likeUsers = reduction ? likeUsersOf(compiled) : undefined;
    return { ...compiled, ...(likeUsers && { likeUsers }) };
  }

  function* exploreOrLeave(
    machine: Machine,
    strategy: Strategy,
    kin: object,
    isEnough?: IsEnough,
    isFar?: IsFar,
  ): Watched<Explored | undefined> {
    const before = found.itself(machine, strategy, kin, isEnough);
    if (before) return before;
    const compiled = left.compiledOf(machine, strategy) ?? compiledFor(machine, strategy);
    // Also of one that was left: more may have been found since.
    const twin = reduction ? found.twinOf(compiled, kin, isEnough) : undefined;
    if (twin) return twin;
    const exploration = yield* left.exploring(compiled, isEnough, isFar);
    if (!exploration) return undefined;
    const result: Explored = { kind: 'explored', machine, compiled: exploration.on ?? compiled, exploration };
    found.keep(result, kin);
    return result;
  }
}
