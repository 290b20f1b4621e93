import {
  assemble,
  menuOf,
  outcomes,
  principles as known,
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
import { groupBy } from './group-by.ts';
import { ordersOf } from './devices/exchange.ts';
import { MANY } from './devices/exchanging.ts';
import { kindsOf, type Kind } from './alike.ts';
import { mixed } from './crowd/mixed.ts';
import { searchingCrowds, type CrowdResult } from './crowd/search.ts';
import { isCrowd } from './crowd/sketch.ts';
import type { Part } from './parts.ts';
import { representedBy } from './represent.ts';
import { sameTables } from './same-tables.ts';
import { likeUsersOf } from './users/like-users.ts';
import type { Watched } from './watched.ts';

export interface Result {
  /** What was explored: of like devices two at most, and of a mixed crowd, too. */
  readonly machine: Machine;
  readonly compiled: Compiled;
  readonly exploration: Decided;
  /** The machine that is spoken of, if it has more devices, and its crowds. */
  readonly whole?: System;
  readonly drawn?: readonly Kind[];
  /** What can be said of it; absent if nothing worse could be found. */
  readonly crowds?: CrowdResult;
}

/** Explores systems in the open world, and none twice that is sure to behave like one before ({@link sameTables}). */
export interface Laboratory {
  /** `kin`: systems of one kin have the same devices, groups and users, and are compared with each other. */
  explore(machine: Machine, strategy: Strategy, kin: object): Watched<Result>;
  /**
   * The same for a part of a machine, which may have many like devices: few of them in all ways that there are of few, and
   * the pictures of all.
   */
  exploreWhole(part: Part, strategy: Strategy): Watched<readonly Result[]>;
  /** States visited. */
  states(): number;
  /** Of each system that was not visited but counted, how many states it has. */
  counted(): readonly bigint[];
  /** Users who were exchanged, in sentences. */
  alike(): readonly string[];
  /** How many systems were looked at but for which of like devices is where. */
  exchanged(): number;
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
  const explored = new Map<object, Result[]>();
  const crowded = new Map<object, CrowdResult[]>();
  return {
    explore,
    *exploreWhole(part, strategy) {
      const { machine } = part;
      if (!reduction) return [yield* explore(machine, strategy, part)];
      const kinds = kindsOf(machine, buses, strategy);
      // What others judge may depend on the bus.
      const ours = principles.every((one) => known.includes(one));
      const mixedKinds = ours ? mixed(kinds, inFlight) : kinds;
      const orders = ordersOf(kinds.map(({ devices }) => devices.length));
      const results = yield* exploreCrowds(part, strategy, mixedKinds, orders);
      return results ?? (yield* exploreCrowds(part, strategy, kinds, orders)) ?? [];
    },
    states: () =>
      [...explorations().filter(({ counted }) => counted === undefined), ...pictures()].reduce(
        (sum, { states }) => sum + states,
        0,
      ),
    alike: () => {
      const all = [...explorations(), ...pictures()];
      return [
        ...groupBy(
          all.flatMap(({ alike = [] }) => alike.map(String)),
          (names) => names,
        ),
      ].map(
        ([names, { length }]) =>
          `${names.replaceAll(',', ', ')} are alike in every table${length < all.length ? ` (of ${length} systems of ${all.length})` : ''}: of states that differ in who is who one was visited`,
      );
    },
    counted: () => explorations().flatMap(({ counted }) => counted ?? []),
    exchanged: () => explorations().filter((one) => one.exchanged).length,
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

  /** Nothing: the devices of a mixed crowd are not alike. */
  function* exploreCrowds(
    part: Part,
    strategy: Strategy,
    kinds: readonly Kind[],
    orders: number,
  ): Watched<readonly Result[] | undefined> {
    const { machine } = part;
    const drawn = kinds.filter((kind) => isCrowd(kind, inFlight));
    if (drawn.length === 0) return [yield* explore(machine, strategy, part)];
    const whole = assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: [] });
    const results: Result[] = [];
    for (const few of representedBy(machine, kinds, inFlight))
      results.push({ ...(yield* explore(few, strategy, part)), whole, drawn });
    if (nothingWorse(machine, results)) return results;
    const all = isSoonDone(kinds, orders) ? yield* exploreSoon(machine, strategy) : undefined;
    if (all) return all.exploration.complete ? [all] : results;
    const before = crowded.get(part) ?? [];
    const crowds = yield* searchingCrowds({ machine, kinds, strategy, buses, principles, inFlight, limits }, before);
    if (crowds.apart) return undefined;
    if (!crowds.complete && machine.devices.length <= FEW) return [yield* explore(machine, strategy, machine)];
    if (!before.includes(crowds)) crowded.set(part, [...before, crowds]);
    return results.map((result) => ({ ...result, crowds }));
  }

  /** No crowd is large, and many states differ in who is where only. */
  function isSoonDone(kinds: readonly Kind[], orders: number): boolean {
    return orders >= MANY && kinds.every(({ devices }) => devices.length <= FEW);
  }

  /** All devices, if the engine has a quick way that does it. */
  function* exploreSoon(machine: Machine, strategy: Strategy): Watched<Result | undefined> {
    if (!engine.soon) return undefined;
    const compiled = compiledFor(machine, strategy);
    const exploration = yield* engine.soon(compiled, principles, limits);
    if (!exploration) return undefined;
    const result = { machine, compiled, exploration };
    explored.set(machine, [...(explored.get(machine) ?? []), result]);
    return result;
  }

  function compiledFor(machine: Machine, strategy: Strategy): Compiled {
    const compiled = compile(assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: menuOf(machine) }));
    const likeUsers = reduction ? likeUsersOf(compiled) : undefined;
    return { ...compiled, ...(likeUsers && { likeUsers }) };
  }

  function explorations(): readonly Decided[] {
    return [...explored.values()].flat().map(({ exploration }) => exploration);
  }

  function pictures(): readonly CrowdResult[] {
    return [...crowded.values()].flat();
  }

  function* explore(machine: Machine, strategy: Strategy, kin: object): Watched<Result> {
    const compiled = compiledFor(machine, strategy);
    const before = explored.get(kin) ?? [];
    const twin = before.find(
      (one) =>
        one.exploration.exchanged === undefined &&
        sameJudges(one.compiled, compiled, principles) &&
        sameTables(one.compiled, compiled),
    );
    const exploration = twin ? renamed(twin, machine) : yield* engine.explore(compiled, principles, limits);
    const result = { machine, compiled: twin ? compiled : (exploration.on ?? compiled), exploration };
    if (!twin) explored.set(kin, [...before, result]);
    return result;
  }

  /** A device of each bus takes part in the worst there is. */
  function nothingWorse({ devices }: Machine, results: readonly Result[]): boolean {
    const found = new Set(
      results.flatMap(({ machine, exploration }) =>
        exploration.violations
          .filter(({ principle }) => principle.outcome === outcomes[0])
          .map(({ device }) => machine.devices.find((one) => one.name === device)!.bus),
      ),
    );
    return devices.every(({ bus }) => found.has(bus));
  }
}

/** What was found on a machine with the same tables, of the devices that are in the same places. */
function renamed({ machine: { devices }, exploration }: Result, machine: Machine): Decided {
  const names = new Map(devices.map(({ name }, at) => [name, machine.devices[at]!.name]));
  return {
    ...exploration,
    violations: exploration.violations.map((one) => ({ ...one, device: names.get(one.device)! })),
  };
}
