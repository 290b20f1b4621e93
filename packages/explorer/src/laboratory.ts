import { assemble, menuOf, type Bus, type Machine, type Principle, type Strategy } from '@busward/core';
import { compile, type Compiled } from './compile.ts';
import { exploring, type Exploration, type Limits } from './explore.ts';
import { applies, judgesOf } from './judges.ts';
import { sameTables } from './same-tables.ts';
import type { Watched } from './watched.ts';

export interface Result {
  readonly machine: Machine;
  readonly compiled: Compiled;
  readonly exploration: Exploration;
}

/** Explores systems in the open world, and none twice that is sure to behave like one before ({@link sameTables}). */
export interface Laboratory {
  /** `kin`: systems of one kin have the same devices, groups and users, and are compared with each other. */
  explore(machine: Machine, strategy: Strategy, kin: object): Watched<Result>;
  states(): number;
  /** What searches left out, in sentences. */
  notFollowed(): readonly string[];
}

export function laboratory(setting: {
  readonly buses: readonly Bus[];
  readonly principles: readonly Principle[];
  readonly inFlight: number;
  readonly limits: Limits;
}): Laboratory {
  const { buses, principles, inFlight, limits } = setting;
  const known = new Map<object, Result[]>();
  return {
    *explore(machine, strategy, kin) {
      const system = assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: menuOf(machine) });
      const compiled = compile(system);
      const before = known.get(kin) ?? [];
      const twin = before.find((one) => sameJudges(one.compiled, compiled) && sameTables(one.compiled, compiled));
      const exploration = twin?.exploration ?? (yield* exploring(compiled, judgesOf(system, principles), limits));
      const result = { machine, compiled, exploration };
      if (!twin) known.set(kin, [...before, result]);
      return result;
    },
    notFollowed: () => [
      ...new Set(
        [...known.values()]
          .flat()
          .flatMap(({ exploration: { overflow, stoppedBy } }) => [
            ...(overflow === undefined ? [] : [`not followed, where P4 is not judged: ${overflow}`]),
            ...(stoppedBy === undefined
              ? []
              : [`a search was stopped ${stoppedBy}: what it had not found is undecided`]),
          ]),
      ),
    ],
    states: () => [...known.values()].flat().reduce((sum, { exploration }) => sum + exploration.states, 0),
  };

  /** Ghosts are the same wherever the cells are; what differs is which principles apply. */
  function sameJudges(a: Compiled, b: Compiled): boolean {
    return principles.every((principle) => applies(a.system, principle) === applies(b.system, principle));
  }
}
