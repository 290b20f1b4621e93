import { assemble, type Device, type Machine, type Strategy, type System } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import type { Decided, IsEnough } from '../search/engine.ts';
import { areOurs, sameDevices } from '../judging/judges.ts';
import { exploringOnce, type Setting } from './exploring-once.ts';
import { kindsOf, loosened, type Kind } from '../likeness/kinds.ts';
import { mixed } from '../crowd/mixed.ts';
import type { Question } from '../crowd/drawing.ts';
import { knownCrowds } from '../crowd/known.ts';
import type { CrowdResult } from '../crowd/result.ts';
import { searchingCrowds } from '../crowd/search.ts';
import { isCrowd } from '../crowd/sketch.ts';
import type { Part } from '../likeness/parts.ts';
import { representedBy } from '../likeness/represent.ts';
import { byBus, isAllOf, isNothingWorse, isWorst, isWorstOfFew } from './enough.ts';
import { unlessLeft, type Watched } from '../search/watched.ts';
import {
  areFewFar,
  arePicturesFar,
  arePicturesMany,
  MOST_ONE_BY_ONE,
  MOST_BEFORE_PICTURES,
  MOST_EXCHANGED,
  MOST_STATES_EXCHANGED,
  type IsFar,
} from './when-to-leave.ts';

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

/** States that were looked at, of all devices or of few, and pictures of many. */
export interface Looked {
  readonly searches: readonly Decided[];
  readonly pictures: readonly CrowdResult[];
}

/**
 * Finds out what becomes of machines and parts of them, with as little looked at as will do: few devices for many, pictures of all of
 * them, or all up to exchanging like ones.
 */
export interface Laboratory {
  /**
   * What becomes of one device of few. `kin`: systems of one kin have the same devices, groups and users, all or few, and are
   * compared with each other.
   */
  exploreFor(device: Device, machine: Machine, strategy: Strategy, kin: object): Watched<Result>;
  /** The same of all devices, if it is found out from a system in which like devices were exchanged, or steps taken together. */
  known(machine: Machine, strategy: Strategy, kin: object): Result | undefined;
  /**
   * The same for a part of a machine, which may have many like devices: few of them in all ways that there are of few, and
   * the pictures of all.
   */
  exploreWhole(part: Part, strategy: Strategy): Watched<readonly Result[]>;
  /** States visited. */
  states(): number;
  /** All that was looked at to the end. */
  looked(): Looked;
  /** Ends the searches that were left: nothing is looked at after this. */
  end(): void;
}

const violationsOf = (results: readonly Result[]): Parameters<IsEnough>[0] =>
  results.flatMap(({ exploration }) => exploration.violations);
const showNothing = ({ complete, mayBreak }: CrowdResult): boolean => complete && mayBreak.size === 0;
const nothing: Decided = { states: 0, ended: { kind: 'nothing else can break' }, violations: [] };

export function laboratory(setting: Setting): Laboratory {
  const { buses, principles, inFlight, limits, engine, reduction } = setting;
  const ours = areOurs(principles);
  const { found, left, compiledFor, explore, exploreOrLeave } = exploringOnce(setting);
  const crowded = new Map<object, CrowdResult[]>();
  // What is isolated since no picture shows anything else, by kin.
  const isolated = new Map<object, Map<Strategy, Result>>();
  return {
    exploreFor: (device, machine, strategy, kin) =>
      explore(machine, strategy, kin, isWorstOfFew({ ...machine, devices: [device] })),
    known: (machine, strategy, kin) =>
      found.hasExchanged(machine, kin)
        ? (found.itself(machine, strategy, kin) ?? found.twinOf(compiledFor(machine, strategy), kin))
        : isolatedToo(machine, strategy, kin),
    *exploreWhole(part, strategy) {
      const { machine } = part;
      if (!reduction) return [yield* explore(machine, strategy, part)];
      const kinds = kindsOf(machine, buses, strategy);
      const all = lookingAtAll(part, strategy);
      return (
        (yield* exploreSoon(part, strategy, ours ? loosened(kinds) : kinds, all)) ??
        (yield* exploreCrowds(part, strategy, ours ? mixed(kinds, inFlight) : kinds, all)) ??
        (yield* exploreCrowds(part, strategy, kinds, all)) ??
        []
      );
    },
    states: () =>
      [...found.all().filter(({ counted }) => counted === undefined), ...pictures()].reduce(
        (sum, { states }) => sum + states,
        left.states(),
      ),
    looked: () => ({ searches: found.all(), pictures: pictures() }),
    end: () => left.end(),
  };

  /** Nothing: the devices of a mixed crowd are not alike. */
  function* exploreCrowds(
    part: Part,
    strategy: Strategy,
    kinds: readonly Kind[],
    all: Watched<Result | undefined>,
  ): Watched<readonly Result[] | undefined> {
    const { machine } = part;
    const areSeveral = engine.exchanging !== undefined && machine.devices.length <= MOST_EXCHANGED;
    if (!kinds.some((kind) => isCrowd(kind, inFlight)))
      return [yield* explore(machine, strategy, part, isWorst(machine))];
    const soon = yield* exploreFew(part, strategy, kinds, areFewFar);
    if (soon && isNothingWorse(machine, violationsOf(soon))) return soon;
    const before = crowded.get(part) ?? [];
    const drawing = searchingCrowds(questionOf(machine, strategy, kinds), before);
    const isFar: IsFar = (far) => (areSeveral && arePicturesMany(far)) || (!soon && arePicturesFar(far));
    const early = soon && !areSeveral ? undefined : yield* unlessLeft(drawing, isFar);
    if (early?.apart) return undefined;
    const told = early ? undefined : yield* all;
    if (told) return yield* showing(part, strategy, kinds, told);
    if (early && showNothing(early)) {
      crowded.set(part, [...new Set([...before, early])]);
      const drawn = kinds.filter((kind) => isCrowd(kind, inFlight));
      const result = { machine, compiled: early.compiled!, exploration: nothing, drawn, crowds: early };
      isolated.set(part, (isolated.get(part) ?? new Map()).set(strategy, result));
      return [result];
    }
    const results = soon ?? (yield* exploreFew(part, strategy, kinds))!;
    if (isNothingWorse(machine, violationsOf(results))) return results;
    const crowds = early ?? (yield* drawing);
    if (crowds.apart) return undefined;
    if (!crowds.complete && machine.devices.length <= MOST_ONE_BY_ONE)
      return [yield* explore(machine, strategy, part, isWorst(machine))];
    crowded.set(part, [...new Set([...before, crowds])]);
    return results.map((result) => ({ ...result, crowds }));
  }

  /** Where all devices of the kin are isolated in every picture: if they are with one of them on another bus. */
  function isolatedToo(machine: Machine, strategy: Strategy, kin: object): Result | undefined {
    const before = isolated.get(kin)?.get(strategy);
    if (!before || sameDevices(before.machine, machine)) return before;
    const kinds = kindsOf(machine, buses, strategy);
    const crowds = knownCrowds(questionOf(machine, strategy, ours ? mixed(kinds, inFlight) : kinds), crowded.get(kin)!);
    return crowds && showNothing(crowds) ? { machine, compiled: crowds.compiled!, exploration: nothing } : undefined;
  }

  function questionOf(machine: Machine, strategy: Strategy, kinds: readonly Kind[]): Question {
    return { machine, kinds, strategy, buses, principles, inFlight, limits };
  }

  /** Two devices of each kind, or of each that is drawn, who stand for all. Nothing if a search of theirs is left. */
  function* exploreFew(
    part: Part,
    strategy: Strategy,
    kinds: readonly Kind[],
    mayLeave?: IsFar,
    mayBreak?: ReadonlySet<string>,
  ): Watched<readonly Result[] | undefined> {
    const drawn = kinds.filter((kind) => isCrowd(kind, inFlight));
    const whole = assemble(part.machine, strategy, buses, { kind: 'open', inFlight, menu: [] });
    const results: Result[] = [];
    const isWorstSeen = isWorstOfFew(part.machine);
    for (const few of representedBy(part.machine, kinds, inFlight)) {
      const before = violationsOf(results);
      const isAll = (broken: Parameters<IsEnough>[0]): boolean =>
        mayBreak !== undefined && isAllOf(mayBreak, byBus(part.machine, [...before, ...broken]), few);
      const isEnough: IsEnough = (broken, states) => (isAll(broken) ? 'all' : isWorstSeen(broken, states));
      const result = yield* exploreOrLeave(few, strategy, part, isEnough, mayLeave);
      if (!result) return undefined;
      results.push({ ...result, whole, drawn });
    }
    return results;
  }

  /** All devices, if they are of several kinds, or very few: then there are more pictures, as a rule, than states but for who is where. */
  function* exploreSoon(
    part: Part,
    strategy: Strategy,
    kinds: readonly Kind[],
    all: Watched<Result | undefined>,
  ): Watched<readonly Result[] | undefined> {
    const isSoonDone = kinds.length > 1 || part.machine.devices.length <= MOST_BEFORE_PICTURES;
    if (!isSoonDone || !kinds.some((kind) => isCrowd(kind, inFlight))) return undefined;
    const told = yield* all;
    return told && (yield* showing(part, strategy, kinds, told));
  }

  /** What all devices can break at most, and few show how. */
  function* showing(part: Part, strategy: Strategy, kinds: readonly Kind[], all: Result): Watched<readonly Result[]> {
    const { states, atMost } = all.exploration;
    if (!atMost) return [all];
    const may = byBus(part.machine, atMost);
    const results = (yield* exploreFew(part, strategy, kinds, undefined, may))!;
    const crowds = { states, transitions: 0, complete: true, mayBreak: new Map([...may].map((one) => [one, 0])) };
    return results.map((result) => {
      const { exploration } = result;
      const { ended } = exploration;
      if (ended.kind !== 'enough' || ended.found !== 'all') return { ...result, crowds };
      return { ...result, crowds, exploration: { ...exploration, ended: { kind: 'nothing else can break' } } };
    });
  }

  /** What all devices can break at most, if they are not many; nothing where the worst is among it, which few break as well. */
  function* lookingAtAll(part: Part, strategy: Strategy): Watched<Result | undefined> {
    const { machine } = part;
    if (!engine.exchanging || machine.devices.length > MOST_EXCHANGED) return undefined;
    const compiled = compiledFor(machine, strategy);
    const twin = found.twinOf(compiled, part);
    if (twin) return twin;
    const bounded = { ...limits, maxStates: Math.min(MOST_STATES_EXCHANGED, limits.maxStates) };
    const exploration = yield* engine.exchanging(compiled, principles, bounded, (broken) =>
      isNothingWorse(machine, broken) ? 'the worst' : undefined,
    );
    if (!exploration) return undefined;
    const all = { machine, compiled, exploration };
    found.keep(all, part);
    return all;
  }

  function pictures(): readonly CrowdResult[] {
    return [...crowded.values()].flat();
  }
}
