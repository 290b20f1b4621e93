import { assemble, type Device, type Machine, type Strategy } from '@busward/core';
import type { Breach } from '../search/breach.ts';
import type { Reduced } from '../search/reduced.ts';
import { isComplete } from '../search/ended.ts';
import type { Decided, IsEnough } from '../search/engine.ts';
import { areOurs, sameDevices } from '../judging/judges.ts';
import { exploringOnce, type Setting } from './exploring-once.ts';
import { kindsOf, loosened, type Kind } from '../likeness/kinds.ts';
import { mixed } from '../crowd/mixed.ts';
import type { Question } from '../crowd/drawing.ts';
import { knownCrowds } from '../crowd/known.ts';
import { isPictured, type Pictured, type Untold } from '../crowd/result.ts';
import { searchingCrowds } from '../crowd/search.ts';
import { isCrowd } from '../crowd/sketch.ts';
import { looksAtNames } from '../likeness/minded.ts';
import { representedBy } from '../likeness/represent.ts';
import type { Explored, Few, Isolated, Result } from './result.ts';
import { byBus, isAllOf, isNothingWorse, isWorst, isWorstOfAll, isWorstOfFew } from './enough.ts';
import { decidedByViews, showingByViews } from '../views/shown.ts';
import { once, unlessLeft, type Watched } from '../search/watched.ts';
import {
  arePicturesMany,
  arePicturesTooMany,
  MOST_ONE_BY_ONE,
  MOST_BEFORE_PICTURES,
  MOST_EXCHANGED,
  MOST_VIEWED,
  mostPictures,
} from './when-to-leave.ts';

/** States that were looked at, of all devices or of few, and pictures of many. */
export interface Looked {
  readonly searches: readonly Decided[];
  readonly crowds: readonly (Pictured | Untold)[];
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
  exploreFor(device: Device, machine: Machine, strategy: Strategy, kin: object): Watched<Explored>;
  /** The same of all devices, if it is found out from a system in which like devices were exchanged, or steps taken together. */
  known(machine: Machine, strategy: Strategy, kin: object): Result | undefined;
  /** How many places operations on a device by itself have: of one that has more, or fewer, nothing is known from another. */
  placesOf(device: Device, machine: Machine, strategy: Strategy): number;
  /**
   * The same for a part of a machine, which may have many like devices: few of them in all ways that there are of few, and
   * the pictures of all; or as they are, where names are looked at.
   */
  exploreWhole(machine: Machine, strategy: Strategy, kin: object): Watched<readonly Result[]>;
  /** States visited. */
  states(): number;
  /** All that was looked at to the end. */
  looked(): Looked;
}

/** A machine, or a part of one, that is to be explored under a strategy. */
interface Asked {
  readonly machine: Machine;
  readonly strategy: Strategy;
  readonly kin: object;
  /** All of its devices, if that is found out; looked at once. */
  all(): Watched<Explored | undefined>;
}

const violationsOf = (results: readonly Few[]): readonly Breach[] =>
  results.flatMap(({ exploration }) => exploration.violations);
const showsNothing = (crowds: Pictured): boolean => isComplete(crowds) && crowds.mayBreak.size === 0;

/** A device by itself, with one user. */
const alone = (device: Device, machine: Machine): Machine => ({
  ...machine,
  devices: [device],
  groups: device.group === undefined ? [] : [device.group],
  users: machine.users.slice(0, 1),
});

export function laboratory(setting: Setting): Laboratory {
  const { buses, principles, inFlight, limits, engine, reduction } = setting;
  const ours = areOurs(principles);
  const { found, compiledFor, explore } = exploringOnce(setting);
  const crowded = new Map<object, Looked['crowds']>();
  // What is isolated since no picture shows anything else, by kin.
  const isolated = new Map<object, Map<Strategy, Isolated>>();
  return {
    exploreFor: (device, machine, strategy, kin) =>
      explore(machine, strategy, kin, isWorstOfFew({ ...machine, devices: [device] })),
    known: (machine, strategy, kin) =>
      (found.hasExchanged(machine, kin)
        ? (found.itself(machine, strategy, kin) ?? found.twinOf(compiledFor(machine, strategy), kin))
        : undefined) ?? isolatedToo(machine, strategy, kin),
    placesOf: (device, machine, strategy) => compiledFor(alone(device, machine), strategy).nodes.length,
    *exploreWhole(machine, strategy, kin) {
      if (!reduction) return [yield* explore(machine, strategy, kin)];
      const kinds = kindsOf(machine, buses, strategy);
      const asked = { machine, strategy, kin, all: once(() => lookingAtAll({ machine, strategy, kin })) };
      if (looksAtNames(strategy)) return yield* exploreAll(asked, kinds);
      return (
        (yield* exploreSoon(asked, ours ? loosened(kinds) : kinds)) ??
        (yield* exploreCrowds(asked, ours ? mixed(kinds, inFlight) : kinds)) ??
        (yield* exploreCrowds(asked, kinds)) ??
        []
      );
    },
    states: () =>
      [...found.all().filter(({ counted }) => counted === undefined), ...crowds().filter(isPictured)].reduce(
        (sum, { states }) => sum + states,
        0,
      ),
    looked: () => ({ searches: found.all(), crowds: crowds() }),
  };

  /** Nothing: the devices of a mixed crowd are not alike. */
  function* exploreCrowds(asked: Asked, kinds: readonly Kind[]): Watched<readonly Result[] | undefined> {
    const { machine, strategy, kin } = asked;
    const areSeveral = engine.exchanging !== undefined && machine.devices.length <= MOST_EXCHANGED;
    if (!kinds.some((kind) => isCrowd(kind, inFlight)))
      return [yield* explore(machine, strategy, kin, isWorst(machine))];
    const few = yield* exploreFew(asked, kinds);
    if (isNothingWorse(machine, violationsOf(few))) return few;
    const before = crowded.get(kin) ?? [];
    const most = areSeveral ? mostPictures(limits.maxStates) : limits.maxStates;
    const question = { ...questionOf(machine, strategy, kinds), limits: { ...limits, maxStates: most } };
    const drawing = searchingCrowds(question, before);
    const isLeft = areSeveral ? arePicturesMany : arePicturesTooMany;
    const early = yield* unlessLeft(drawing, isLeft);
    const told = early ? undefined : areSeveral ? yield* asked.all() : yield* lookingByViews(asked);
    if (told) return yield* showing(asked, kinds, told);
    const said = early ?? (yield* drawing);
    if (said.kind === 'apart') return undefined;
    if (areSeveral && early?.kind === 'pictured' && showsNothing(early)) {
      crowded.set(kin, [...new Set([...before, early])]);
      const result = isolatedBy(early, machine, kinds);
      isolated.set(kin, (isolated.get(kin) ?? new Map()).set(strategy, result));
      return [result];
    }
    const mayBreak = said.kind === 'pictured' && isComplete(said) ? new Set(said.mayBreak.keys()) : undefined;
    if (!mayBreak && machine.devices.length <= MOST_ONE_BY_ONE)
      return [yield* explore(machine, strategy, kin, isWorst(machine))];
    crowded.set(kin, [...new Set([...before, said])]);
    return few.map((result) => ({ ...result, ...(mayBreak && { mayBreak }) }));
  }

  /** Where all devices of the kin are isolated in every picture: if they are with one of them on another bus. */
  function isolatedToo(machine: Machine, strategy: Strategy, kin: object): Isolated | undefined {
    const before = isolated.get(kin)?.get(strategy);
    if (!before || sameDevices(before.machine, machine)) return before;
    const kinds = kindsOf(machine, buses, strategy);
    const those = ours ? mixed(kinds, inFlight) : kinds;
    // Of more kinds than two to see that it does not matter who is where takes as long as pictures did.
    if (those.some(({ of }) => of !== undefined && of.length > 2)) return undefined;
    const known = knownCrowds(questionOf(machine, strategy, those), crowded.get(kin)!);
    return known?.kind === 'pictured' && showsNothing(known) ? isolatedBy(known, machine, those) : undefined;
  }

  function isolatedBy({ compiled }: Pictured, machine: Machine, kinds: readonly Kind[]): Isolated {
    return { kind: 'isolated', machine, compiled, drawn: crowdsAmong(kinds) };
  }

  function crowdsAmong(kinds: readonly Kind[]): readonly Kind[] {
    return kinds.filter((kind) => isCrowd(kind, inFlight));
  }

  function questionOf(machine: Machine, strategy: Strategy, kinds: readonly Kind[]): Question {
    return { machine, kinds, strategy, buses, principles, inFlight, limits };
  }

  /** Two devices of each kind, or of each that is drawn, who stand for all. */
  function* exploreFew(
    { machine, strategy, kin }: Asked,
    kinds: readonly Kind[],
    mayBreak?: ReadonlySet<string>,
  ): Watched<readonly Few[]> {
    const drawn = crowdsAmong(kinds);
    const whole = assemble(machine, strategy, buses, { kind: 'open', inFlight, menu: [] });
    const results: Few[] = [];
    const isWorstSeen = isWorstOfFew(machine);
    for (const few of representedBy(machine, kinds, inFlight)) {
      const before = violationsOf(results);
      const isAll = (broken: readonly Breach[]): boolean =>
        mayBreak !== undefined && isAllOf(mayBreak, byBus(machine, [...before, ...broken]), few);
      const isEnough: IsEnough = (broken, states) => (isAll(broken) ? 'all' : isWorstSeen(broken, states));
      const result = yield* explore(few, strategy, kin, isEnough);
      results.push({ ...result, kind: 'few', whole, drawn });
    }
    return results;
  }

  /** All devices, if they are of several kinds, or very few: then there are more pictures, as a rule, than states but for who is where. */
  function* exploreSoon(asked: Asked, kinds: readonly Kind[]): Watched<readonly Result[] | undefined> {
    const isSoonDone = kinds.length > 1 || asked.machine.devices.length <= MOST_BEFORE_PICTURES;
    if (!isSoonDone || !kinds.some((kind) => isCrowd(kind, inFlight))) return undefined;
    const told = yield* asked.all();
    return told && (yield* showing(asked, kinds, told));
  }

  /** All devices, however many: what few of them do, and pictures, would tell of those that were asked. */
  function* exploreAll(asked: Asked, kinds: readonly Kind[]): Watched<readonly Result[]> {
    const { machine, strategy, kin } = asked;
    const told = yield* asked.all();
    return told ? yield* showing(asked, kinds, told) : [yield* explore(machine, strategy, kin, isWorst(machine))];
  }

  /** What all devices can break at most, and few show how. */
  function* showing(asked: Asked, kinds: readonly Kind[], all: Explored): Watched<readonly Result[]> {
    const { atMost } = all.exploration;
    if (!atMost) return [all];
    const mayBreak = byBus(asked.machine, atMost);
    const results = yield* exploreFew(asked, kinds, mayBreak);
    return results.map((result) => {
      const { exploration } = result;
      const { ended } = exploration;
      if (ended.kind !== 'enough' || ended.found !== 'all') return { ...result, mayBreak };
      return { ...result, mayBreak, exploration: { ...exploration, ended: { kind: 'nothing else can break' } } };
    });
  }

  /** What all devices can break at most, if they are not many; nothing where the worst is among it, which few break as well. */
  function* lookingAtAll(asked: Omit<Asked, 'all'>): Watched<Explored | undefined> {
    const { exchanging } = engine;
    if (!exchanging || asked.machine.devices.length > MOST_EXCHANGED) return undefined;
    return yield* lookingOnce(asked, (compiled) =>
      exchanging(compiled, principles, limits, isWorstOfAll(asked.machine)),
    );
  }

  /** What each of more devices can be in by itself, beside what they share. */
  function* lookingByViews(asked: Asked): Watched<Explored | undefined> {
    if (!engine.exchanging || asked.machine.devices.length > MOST_VIEWED) return undefined;
    return yield* lookingOnce(asked, function* (compiled) {
      const shown = yield* showingByViews(compiled, principles, [], limits);
      return shown?.kind === 'shown' ? decidedByViews(shown, 0) : undefined;
    });
  }

  /** All devices, unless something that is sure to behave like them was looked at before. */
  function* lookingOnce(
    { machine, strategy, kin }: Omit<Asked, 'all'>,
    look: (compiled: Reduced) => Watched<Decided | undefined>,
  ): Watched<Explored | undefined> {
    const compiled = compiledFor(machine, strategy);
    const twin = found.twinOf(compiled, kin);
    if (twin) return twin;
    const exploration = yield* look(compiled);
    if (!exploration) return undefined;
    const all: Explored = { kind: 'explored', machine, compiled, exploration };
    found.keep(all, kin);
    return all;
  }

  function crowds(): Looked['crowds'] {
    return [...crowded.values()].flat();
  }
}
