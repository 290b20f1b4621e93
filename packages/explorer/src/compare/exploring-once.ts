import { assemble, menuOf, type Bus, type Machine, type Principle, type Strategy } from '@busward/core';
import { compile } from '../tables/compile.ts';
import type { Reduced } from '../search/reduced.ts';
import type { Engine, IsEnough } from '../search/engine.ts';
import type { Limits } from '../search/explore.ts';
import { findings, type Findings } from './findings.ts';
import type { Explored } from './result.ts';
import { likeUsersOf } from '../users/like-users.ts';
import type { Watched } from '../search/watched.ts';

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

/** Explores systems in the open world, and none twice that is sure to behave like one before. */
export interface ExploringOnce {
  readonly found: Findings;
  compiledFor(machine: Machine, strategy: Strategy): Reduced;
  /** Until what was found `isEnough`, now or before. */
  explore(machine: Machine, strategy: Strategy, kin: object, isEnough?: IsEnough): Watched<Explored>;
}

export function exploringOnce(setting: Setting): ExploringOnce {
  const { buses, principles, inFlight, limits, engine, reduction } = setting;
  const found = findings(principles);
  const { explore: search } = reduction ? engine : (engine.unreduced ?? engine);
  return { found, compiledFor, explore };

  function compiledFor(machine: Machine, strategy: Strategy): Reduced {
    const compiled = compile(assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: menuOf(machine) }));
    const likeUsers = reduction ? likeUsersOf(compiled) : undefined;
    return { ...compiled, ...(likeUsers && { likeUsers }) };
  }

  function* explore(machine: Machine, strategy: Strategy, kin: object, isEnough?: IsEnough): Watched<Explored> {
    const before = found.itself(machine, strategy, kin, isEnough);
    if (before) return before;
    const compiled = compiledFor(machine, strategy);
    const twin = reduction ? found.twinOf(compiled, kin, isEnough) : undefined;
    if (twin) return twin;
    const exploration = yield* search(compiled, principles, limits, isEnough);
    const result: Explored = { kind: 'explored', machine, compiled: exploration.on ?? compiled, exploration };
    found.keep(result, kin);
    return result;
  }
}
