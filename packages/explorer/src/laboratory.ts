import {
  assemble,
  menuOf,
  outcomes,
  type Bus,
  type Device,
  type Machine,
  type Principle,
  type Strategy,
  type System,
} from '@busward/core';
import { compile, type Compiled } from './compile.ts';
import type { Decided, Engine } from './engine.ts';
import type { Limits } from './explore.ts';
import { areOurs } from './judges.ts';
import { findings } from './findings.ts';
import { groupBy } from './group-by.ts';
import { ordersOf } from './devices/orders.ts';
import { SOME } from './devices/exchanging.ts';
import type { IsEnough } from './devices/orbits.ts';
import { kindsOf, loosened, type Kind } from './kinds.ts';
import { mixed } from './crowd/mixed.ts';
import { searchingCrowds, type CrowdResult } from './crowd/search.ts';
import { isCrowd } from './crowd/sketch.ts';
import type { Part } from './parts.ts';
import { representedBy } from './represent.ts';
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
  /**
   * What becomes of one device of few. `kin`: systems of one kin have the same devices, groups and users, all or few, and are
   * compared with each other.
   */
  exploreFor(device: Device, machine: Machine, strategy: Strategy, kin: object): Watched<Result>;
  /** The same of all devices, if it is found out from a system in which like devices were exchanged. */
  known(machine: Machine, strategy: Strategy, kin: object): Result | undefined;
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

/** Of few devices so many states are looked at in any case, and no more where what they broke by then is the worst there is. */
const STATES_OF_FEW = 300_000;

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
  const ours = areOurs(principles);
  const found = findings(principles);
  const crowded = new Map<object, CrowdResult[]>();
  return {
    exploreFor: (device, machine, strategy, kin) =>
      explore(machine, strategy, kin, isWorstAmongMany({ ...machine, devices: [device] })),
    known: (machine, strategy, kin) =>
      found.hasExchanged(machine, kin)
        ? (found.itself(machine, strategy, kin) ?? found.twinOf(compiledFor(machine, strategy), kin))
        : undefined,
    *exploreWhole(part, strategy) {
      const { machine } = part;
      if (!reduction) return [yield* explore(machine, strategy, part)];
      const kinds = kindsOf(machine, buses, strategy);
      return (
        (yield* exploreSoon(part, strategy, ours ? loosened(kinds) : kinds)) ??
        (yield* exploreCrowds(part, strategy, ours ? mixed(kinds, inFlight) : kinds)) ??
        (yield* exploreCrowds(part, strategy, kinds)) ??
        []
      );
    },
    states: () =>
      [...found.all().filter(({ counted }) => counted === undefined), ...pictures()].reduce(
        (sum, { states }) => sum + states,
        0,
      ),
    alike: () => {
      const all = [...found.all(), ...pictures()];
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
    counted: () => found.all().flatMap(({ counted }) => counted ?? []),
    exchanged: () => found.all().filter((one) => one.exchanged).length,
    notFollowed: () => [
      ...new Set([
        ...found
          .all()
          .flatMap(({ overflow, stoppedBy, enough }) => [
            ...(enough
              ? ['not every state was looked at: among many, the worst there is had been broken on every bus']
              : []),
            ...(overflow === undefined ? [] : [`not followed, where P4 is not judged: ${overflow}`]),
            ...(stoppedBy === undefined
              ? []
              : [`a search was stopped ${stoppedBy}: what it had not found is undecided`]),
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
  ): Watched<readonly Result[] | undefined> {
    const { machine } = part;
    if (!kinds.some((kind) => isCrowd(kind, inFlight))) return [yield* explore(machine, strategy, part)];
    const results = yield* exploreFew(part, strategy, kinds);
    if (
      isNothingWorse(
        machine,
        results.flatMap(({ exploration }) => exploration.violations),
      )
    )
      return results;
    const before = crowded.get(part) ?? [];
    const crowds = yield* searchingCrowds({ machine, kinds, strategy, buses, principles, inFlight, limits }, before);
    if (crowds.apart) return undefined;
    if (!crowds.complete && machine.devices.length <= FEW) return [yield* explore(machine, strategy, part)];
    if (!before.includes(crowds)) crowded.set(part, [...before, crowds]);
    return results.map((result) => ({ ...result, crowds }));
  }

  /** Two devices of each kind, or of each that is drawn, who stand for all. */
  function* exploreFew(part: Part, strategy: Strategy, kinds: readonly Kind[]): Watched<readonly Result[]> {
    const drawn = kinds.filter((kind) => isCrowd(kind, inFlight));
    const whole = assemble(part.machine, strategy, buses, { kind: 'open', inFlight, menu: [] });
    const results: Result[] = [];
    const isWorst = isWorstAmongMany(part.machine);
    for (const few of representedBy(part.machine, kinds, inFlight))
      results.push({ ...(yield* explore(few, strategy, part, isWorst, isWorst)), whole, drawn });
    return results;
  }

  /**
   * All devices, if no crowd is large, many states differ in who is where only, and the engine has a quick way that does it.
   * What is broken and was not found there soon is looked for on few.
   */
  function* exploreSoon(
    part: Part,
    strategy: Strategy,
    kinds: readonly Kind[],
  ): Watched<readonly Result[] | undefined> {
    const { machine } = part;
    const sizes = kinds.map(({ devices }) => devices.length);
    const isSoonDone = ordersOf(sizes) >= SOME && sizes.every((size) => size <= FEW);
    if (!engine.soon || !isSoonDone || !kinds.some((kind) => isCrowd(kind, inFlight))) return undefined;
    const compiled = compiledFor(machine, strategy);
    const twin = found.twinOf(compiled, part);
    const exploration =
      twin?.exploration ??
      (yield* engine.soon(compiled, principles, limits, (broken) => isNothingWorse(machine, broken)));
    if (!exploration) return undefined;
    const all = { machine, compiled, exploration };
    if (!twin) found.keep(all, part);
    const { states, transitions, atMost } = exploration;
    if (!atMost) return [all];
    const busOf = new Map(machine.devices.map(({ name, bus }) => [name, bus]));
    const mayBreak = new Map(atMost.map(({ principle, device }) => [`${principle.id} ${busOf.get(device)!}`, 0]));
    const results = yield* exploreFew(part, strategy, kinds);
    return results.map((result) => ({ ...result, crowds: { states, transitions, complete: true, mayBreak } }));
  }

  function compiledFor(machine: Machine, strategy: Strategy): Compiled {
    const compiled = compile(assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: menuOf(machine) }));
    const likeUsers = reduction ? likeUsersOf(compiled) : undefined;
    return { ...compiled, ...(likeUsers && { likeUsers }) };
  }

  function pictures(): readonly CrowdResult[] {
    return [...crowded.values()].flat();
  }

  /** What was found before is taken if it `isEnough`, even if that was not all. A search goes on `until` what is found is enough. */
  function* explore(
    machine: Machine,
    strategy: Strategy,
    kin: object,
    isEnough?: IsEnough,
    until?: IsEnough,
  ): Watched<Result> {
    const before = found.itself(machine, strategy, kin, isEnough);
    if (before) return before;
    const compiled = compiledFor(machine, strategy);
    const twin = found.twinOf(compiled, kin, isEnough);
    if (twin) return twin;
    const exploration = yield* engine.explore(compiled, principles, limits, until);
    const result = { machine, compiled: exploration.on ?? compiled, exploration };
    found.keep(result, kin);
    return result;
  }

  function isWorstAmongMany(machine: Machine): IsEnough {
    return (broken, states) => states >= STATES_OF_FEW && isNothingWorse(machine, broken);
  }

  /** A device of each bus takes part in the worst there is. */
  function isNothingWorse({ devices }: Machine, broken: Parameters<IsEnough>[0]): boolean {
    const worst = new Set(
      broken.flatMap(({ principle, device }) => (principle.outcome === outcomes[0] ? [device] : [])),
    );
    const taking = new Set(devices.flatMap(({ name, bus }) => (worst.has(name) ? [bus] : [])));
    return devices.every(({ bus }) => taking.has(bus));
  }
}
