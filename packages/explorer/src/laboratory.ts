import {
  assemble,
  menuOf,
  outcomes,
  type Bus,
  type Machine,
  type Principle,
  type Strategy,
  type System,
} from '@busward/core';
import { compile, type Compiled } from './compile.ts';
import type { Decided, Engine } from './engine.ts';
import type { Limits } from './explore.ts';
import { sameJudges } from './judges.ts';
import { kindsOf } from './alike.ts';
import { searchingCrowds, type CrowdResult } from './crowd/search.ts';
import { isCrowd } from './crowd/sketch.ts';
import type { Part } from './parts.ts';
import { represent } from './represent.ts';
import { sameTables } from './same-tables.ts';
import type { Watched } from './watched.ts';

export interface Result {
  /** What was explored: of like devices two at most. */
  readonly machine: Machine;
  readonly compiled: Compiled;
  readonly exploration: Decided;
  /** The machine that is spoken of, if it has more devices. */
  readonly whole?: System;
  /** What can be said of it; absent if nothing worse could be found. */
  readonly crowds?: CrowdResult;
}

/** Explores systems in the open world, and none twice that is sure to behave like one before ({@link sameTables}). */
export interface Laboratory {
  /** `kin`: systems of one kin have the same devices, groups and users, and are compared with each other. */
  explore(machine: Machine, strategy: Strategy, kin: object): Watched<Result>;
  /** The same for a part of a machine, which may have many like devices. */
  exploreWhole(part: Part, strategy: Strategy): Watched<Result>;
  /** States visited. */
  states(): number;
  /** Of each system that was not visited but counted, how many states it has. */
  counted(): readonly bigint[];
  /** What searches left out, in sentences. */
  notFollowed(): readonly string[];
}

/** So many devices can be looked at one by one where pictures of them do not tell. */
const FEW = 4;

export function laboratory(setting: {
  readonly buses: readonly Bus[];
  readonly principles: readonly Principle[];
  readonly inFlight: number;
  readonly limits: Limits;
  readonly engine: Engine;
  /** Whether like devices and systems with the same tables are looked at once. */
  readonly reduction: boolean;
}): Laboratory {
  const { buses, principles, inFlight, limits, engine, reduction } = setting;
  const known = new Map<object, Result[]>();
  const crowded = new Map<object, CrowdResult[]>();
  return {
    explore,
    *exploreWhole(part, strategy) {
      const { machine } = part;
      if (!reduction) return yield* explore(machine, strategy, part);
      const kinds = kindsOf(machine, buses, strategy);
      if (!kinds.some((kind) => isCrowd(kind, inFlight))) return yield* explore(machine, strategy, part);
      const result = yield* explore(represent(machine, kinds), strategy, part);
      const whole = assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: [] });
      if (nothingWorse(result)) return { ...result, whole };
      const before = crowded.get(part) ?? [];
      const crowds = yield* searchingCrowds({ machine, kinds, strategy, buses, principles, inFlight, limits }, before);
      if (!crowds.complete && machine.devices.length <= FEW) return yield* explore(machine, strategy, machine);
      if (!before.includes(crowds)) crowded.set(part, [...before, crowds]);
      return { ...result, whole, crowds };
    },
    states: () =>
      [...explorations().filter(({ counted }) => counted === undefined), ...pictures()].reduce(
        (sum, { states }) => sum + states,
        0,
      ),
    counted: () => explorations().flatMap(({ counted }) => counted ?? []),
    notFollowed: () => [
      ...new Set([
        ...explorations().flatMap(({ overflow, stoppedBy }) => [
          ...(overflow === undefined ? [] : [`not followed, where P4 is not judged: ${overflow}`]),
          ...(stoppedBy === undefined ? [] : [`a search was stopped ${stoppedBy}: what it had not found is undecided`]),
        ]),
        ...pictures().flatMap(({ stoppedBy }) =>
          stoppedBy === undefined ? [] : [`what a crowd can do was not seen whole, ${stoppedBy}`],
        ),
      ]),
    ],
  };

  function explorations(): readonly Decided[] {
    return [...known.values()].flat().map(({ exploration }) => exploration);
  }

  function pictures(): readonly CrowdResult[] {
    return [...crowded.values()].flat();
  }

  function* explore(machine: Machine, strategy: Strategy, kin: object): Watched<Result> {
    const system = assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: menuOf(machine) });
    const compiled = compile(system);
    const before = known.get(kin) ?? [];
    const twin = before.find(
      (one) => sameJudges(one.compiled, compiled, principles) && sameTables(one.compiled, compiled),
    );
    const exploration = twin?.exploration ?? (yield* engine.explore(compiled, principles, limits));
    const result = { machine, compiled: twin ? compiled : (exploration.on ?? compiled), exploration };
    if (!twin) known.set(kin, [...before, result]);
    return result;
  }

  /** A device of each bus takes part in the worst there is. */
  function nothingWorse({ machine, exploration }: Result): boolean {
    const worst = exploration.violations.filter(({ principle }) => principle.outcome === outcomes[0]);
    const busOf = (name: string): string => machine.devices.find((one) => one.name === name)!.bus;
    const found = new Set(worst.map(({ device }) => busOf(device)));
    return machine.devices.every(({ bus }) => found.has(bus));
  }
}
