import { assemble, menuOf, principles, type Principle, type System } from '@busward/core';
import {
  compile,
  exploreCompiled,
  exploreNaively,
  exploring,
  exploringByDiagram,
  finished,
  initialIndices,
  judgesOf,
  kindsOf,
  likeUsersOf,
  retraces,
  witnessOf,
  type DiagramResult,
  type Exploration,
  type Violation,
} from '@busward/explorer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deviceExchangeOf } from '../src/devices/exchange.ts';
import { glued } from '../src/leaving-out/glued.ts';
import { mixed } from '../src/crowd/mixed.ts';
import { isPictured } from '../src/crowd/result.ts';
import { searchingCrowds } from '../src/crowd/search.ts';
import { lookingAtMost } from '../src/devices/at-most.ts';
import { lookingTwice } from '../src/devices/exchanging.ts';
import { supposingLikeUsers } from '../src/users/supposing-like-users.ts';
import { lateLooks } from '../src/leaving-out/late-looks.ts';
import { pastLooks } from '../src/leaving-out/past-looks.ts';
import { isComplete } from '../src/search/ended.ts';
import {
  actorsSystem,
  generated,
  generatedOnBuses,
  openSystem,
  tellsApart,
  unlessApart,
  type Generated,
} from './generated.ts';
import { patience, propertyOf, runs } from './property.ts';

/*
 * Every engine and reduction against what it leaves out, on generated plugins (property.ts). The naive interpreter does some
 * 1,500 states a second, so the systems that it is asked about are small ones.
 */

const small = { maxStates: 400 };
const limits = { maxStates: 4_000 };

const property = (crowd: number, numRuns: number, holds: (one: Generated) => void): void =>
  propertyOf(generated(crowd), numRuns, holds);

const withActors = fc
  .tuple(
    generated(1, 2),
    fc.array(fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 }),
  )
  .map(([one, picks]) => ({ ...one, picks }));

/** What users have, told closely: each is "broken" where it is so. And one that speaks of one of them. */
const telling: readonly Principle[] = [0, 1, 2].flatMap((holding) =>
  [0, 1, 2].flatMap((served) =>
    [true, false].flatMap((owned) =>
      [true, false].map((apart): Principle => ({
        ...stated(`F${holding}${served}${Number(owned)}${Number(apart)}`),
        states(group) {
          const { holders, strangers } = group;
          const users = [...holders, ...strangers].filter((user) => group.all.some((one) => group.serves(one, user)));
          const isSo =
            holders.length === holding &&
            users.length === served &&
            group.owner.startsWith('user') === owned &&
            users.some((user) => !holders.includes(user)) === apart;
          return isSo ? group.all : [];
        },
      })),
    ),
  ),
);
const namingOne: Principle = { ...stated('F99'), states: (group) => (group.holders[0] === 'u0' ? group.all : []) };

function stated(id: string): Principle {
  return { id, name: id, sentence: id, source: 'generated', outcome: 'exposed' };
}

const keyOf = ({ principle, device }: Pick<Violation, 'principle' | 'device'>): string => `${principle.id} ${device}`;
const brokenBy = ({ violations }: Exploration): readonly string[] => violations.map(keyOf).toSorted();

/** Of each principle and device the steps of a shortest way. */
const lengths = ({ violations }: Pick<Exploration | DiagramResult, 'violations'>): ReadonlyMap<string, number> =>
  new Map(violations.map(({ principle, device, path }) => [`${principle.id} ${device}`, path!.length]));

/** Of each principle and bus the shortest. */
function shortest({ machine: { devices } }: Generated, { violations }: Exploration): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { principle, path, device } of violations) {
    const key = `${principle.id} ${devices.find(({ name }) => name === device)!.bus}`;
    found.set(key, Math.min(found.get(key) ?? Infinity, path.length));
  }
  return found;
}

describe('reductions, on generated buses, strategies and machines', () => {
  /** What every engine says, each beside what it is held against; nothing where running the generators takes long. */
  function compared(system: System): readonly (readonly [unknown, unknown])[] {
    const unmerged = exploreCompiled(compile(system, { merge: false }), judgesOf(system, principles), small);
    if (!isComplete(unmerged)) return [];
    const oracle = exploreNaively(system, principles);
    const merged = exploreCompiled(compile(system), judgesOf(system, principles), limits);
    const linear = finished(exploring(compile(system), judgesOf(system, principles), { ...limits, linearAfter: 5 }));
    const diagram = finished(exploringByDiagram(compile(system), judgesOf(system, principles)));
    return [
      [
        [unmerged.states, unmerged.transitions],
        [oracle.states, oracle.transitions],
      ],
      [lengths(unmerged), oracle.violations],
      [brokenBy(merged), [...oracle.violations.keys()].toSorted()],
      [
        [linear.states, linear.transitions],
        [merged.states, merged.transitions],
      ],
      [lengths(linear), lengths(merged)],
      [Number(diagram.count), merged.states],
      [lengths(diagram), lengths(merged)],
    ];
  }

  it(
    'tables do what the generators do, up to three users: the same states, transitions, principles and lengths; so do linear memory and diagrams',
    () =>
      propertyOf(generated(1, 3), runs, (one) => {
        for (const [said, wanted] of compared(openSystem(one))) expect(said).toEqual(wanted);
      }),
    patience,
  );

  it(
    'and where actors carry out a list each',
    () =>
      propertyOf(withActors, runs, ({ picks, ...one }) => {
        for (const [said, wanted] of compared(actorsSystem(one, picks))) expect(said).toEqual(wanted);
      }),
    patience,
  );

  it(
    'look-ups that are left out, slots being told apart, would have found: all is the same to the turn',
    () =>
      propertyOf(generated(2, 2), runs, (one) => {
        const searched = (linearAfter: number): Exploration => {
          const system = openSystem(one, 3);
          const compiled = { ...compile(system), symmetric: false };
          return finished(exploring(compiled, judgesOf(system, principles), { ...limits, linearAfter }));
        };
        expect(searched(20)).toEqual(searched(Infinity));
      }),
    patience,
  );

  it(
    'of states that differ in who of the users is who one is enough: the same principles and lengths, in linear memory, too',
    () =>
      propertyOf(generated(1, 4), runs, (one) => {
        const system = openSystem(one);
        const judges = judgesOf(system, principles);
        const all = exploreCompiled(compile(system), judges, limits);
        if (!isComplete(all)) return;
        const compiled = compile(system);
        const likeUsers = likeUsersOf(compiled);
        const searched = (linearAfter: number): Exploration =>
          finished(
            exploring({ ...compiled, ...(likeUsers && { likeUsers }) }, judgesOf(system, principles), {
              ...limits,
              linearAfter,
            }),
          );
        for (const found of [searched(Infinity), searched(5)]) {
          expect(lengths(found)).toEqual(lengths(all));
          expect(found.states).toBeLessThanOrEqual(all.states);
          for (const { path } of found.violations)
            expect(retraces(system, initialIndices(system), witnessOf(compiled, path))).toBe(true);
        }
      }),
    patience,
  );

  it(
    'steps that are taken together break what they break apart',
    () =>
      property(2, runs, (one) => {
        const system = openSystem(one);
        const compiled = compile(system);
        const judges = judgesOf(system, principles);
        const apart = exploreCompiled(compiled, judges, limits);
        if (!isComplete(apart)) return;
        const visible = new Set(judges.states.flatMap(({ reads }) => reads.map(({ id }) => id)));
        const together = exploreCompiled(glued(compiled, visible), judgesOf(system, principles), limits);
        expect(brokenBy(together)).toEqual(brokenBy(apart));
        expect(together.states).toBeLessThanOrEqual(apart.states);
      }),
    patience,
  );

  it(
    'what an operation looks at first may be seen late where nothing comes of that, and what it then breaks is as much',
    () =>
      property(2, runs, (one) => {
        const system = openSystem(one);
        const compiled = compile(system);
        const { bothWays } = judgesOf(system, principles);
        const all = exploreCompiled(compiled, bothWays, limits);
        if (!isComplete(all)) return;
        const late = exploreCompiled(lateLooks(compiled), bothWays, limits);
        expect([isComplete(late), brokenBy(late)]).toEqual([true, brokenBy(all)]);
        expect(late.states).toBeLessThanOrEqual(all.states);
        // What comes after several looks can do more, and nothing less.
        const past = exploreCompiled(pastLooks(compiled), bothWays, { maxStates: 3 * all.states });
        if (!isComplete(past)) return;
        expect(brokenBy(past)).toEqual(expect.arrayContaining([...brokenBy(all)]));
      }),
    patience,
  );

  it(
    'of states that differ in which like device is where, one breaks what all of them break, by ways as short',
    () =>
      property(3, Math.ceil(runs / 2), (one) => {
        const system = openSystem(one);
        const compiled = compile(system);
        const judges = judgesOf(system, principles);
        const all = exploreCompiled(compiled, judges, { maxStates: 20_000 });
        if (!isComplete(all)) return;
        const exchange = deviceExchangeOf(compiled);
        if (!exchange) return;
        const quotient = unlessApart(one, () =>
          finished(lookingTwice(compile(system), { exchange, isPast: false }, judges, { maxStates: all.states })),
        );
        if (quotient === 'apart') return;
        expect(quotient && lengths(quotient)).toEqual(lengths(all));
        const start = [...compiled.initial.subarray(0, compiled.cells.length)];
        for (const { path } of quotient!.violations)
          expect(retraces(system, start, witnessOf(compiled, path))).toBe(true);
      }),
    patience,
  );

  it(
    'and where users are exchanged beside them, who need not be alike',
    () =>
      propertyOf(generated(2, 3), runs, (one) => {
        if (one.machine.users.length < 2) return;
        const system = openSystem(one);
        const compiled = compile(system);
        const exchange = deviceExchangeOf(compiled)!;
        const likeUsers = likeUsersOf(compiled, exchange.devices);
        for (const judged of [[...principles, ...telling], [namingOne]]) {
          const all = exploreCompiled(compiled, judgesOf(system, judged), { maxStates: 8_000 });
          if (!isComplete(all)) return;
          const supposed = { ...compile(system), ...(likeUsers && { likeUsers }) };
          const quotient = unlessApart(one, () =>
            finished(
              supposingLikeUsers(supposed, (tables) =>
                lookingTwice(tables, { exchange, isPast: false }, judgesOf(system, judged), { maxStates: all.states }),
              ),
            ),
          );
          if (quotient === 'apart') return;
          expect(quotient && lengths(quotient)).toEqual(lengths(all));
          for (const { path } of quotient!.violations)
            expect(retraces(system, initialIndices(system), witnessOf(compiled, path))).toBe(true);
        }
      }),
    patience,
  );

  it(
    'what is broken at most, of states that differ in who is who and what is where, is all that is broken; in linear memory, too',
    () =>
      propertyOf(fc.oneof(generated(3), generated(3, 3), generatedOnBuses(1)), Math.ceil(runs / 2), (one) => {
        const system = openSystem(one, one.machine.users.length > 1 ? 1 : 2);
        const all = exploreCompiled(compile(system), judgesOf(system, principles), { maxStates: 20_000 });
        if (!isComplete(all)) return;
        const broken = brokenBy(all);
        const turnings = [{ linearAfter: Infinity }, { linearAfter: 5 }, { linearAfter: 5, movedAfter: 0 }];
        const [js, linear, moved] = turnings.map((turning) => {
          const compiled = compile(system);
          const likeUsers = likeUsersOf(compiled);
          const supposed = { ...compiled, ...(likeUsers && { likeUsers }) };
          const most = finished(lookingAtMost(supposed, principles, { maxStates: all.states, ...turning }));
          // Those on several buses need not be alike.
          const areAlike = (deviceExchangeOf(compiled)?.orders ?? 1) > 1;
          expect([areAlike && !tellsApart(one), most === undefined]).not.toEqual([true, true]);
          if (!most) return undefined;
          const atMost = [...new Set(most.broken.map(keyOf))].toSorted();
          expect(atMost).toEqual(expect.arrayContaining([...broken]));
          expect(atMost.filter(isOfStates)).toEqual(broken.filter(isOfStates));
          return { states: most.states, atMost, orders: most.exchange.orders };
        });
        expect(linear ?? js).toEqual(js ?? linear);
        expect((moved ?? js)?.atMost.filter(isOfStates)).toEqual((js ?? moved)?.atMost.filter(isOfStates));
        // Steps are moved as far as tables read, and what reads one device after another may tell them apart by where they stop.
        const isExchanged = moved?.orders === js?.orders;
        expect(isExchanged && moved ? moved.states : 0).toBeLessThanOrEqual(js?.states ?? Infinity);
      }),
    patience,
  );

  /** Of an event it can be asked as if something else were in flight. */
  const isOfStates = (key: string): boolean =>
    principles.some(({ id, events }) => events === undefined && key.startsWith(`${id} `));

  const crowdOf = (
    { machine, strategy, buses }: Generated,
    judged: readonly Principle[],
    inFlight: number,
  ): Parameters<typeof searchingCrowds>[0] => ({
    machine,
    kinds: mixed(kindsOf(machine, buses, strategy), inFlight),
    strategy,
    buses,
    principles: judged,
    inFlight,
    limits: { maxStates: 6_000 },
  });

  const pictures = (one: Generated, judged: readonly Principle[], reduction?: false, inFlight = 2) =>
    finished(searchingCrowds({ ...crowdOf(one, judged, inFlight), ...(reduction === false && { reduction }) }));

  it(
    'what three like devices break is in the pictures of any number of them, and nowhere nearer',
    () =>
      property(3, Math.ceil(runs / 10), (one) => {
        const system = openSystem(one);
        const whole = exploreCompiled(compile(system), judgesOf(system, principles), limits);
        for (const reduction of [undefined, false] as const) {
          const crowd = pictures(one, principles, reduction);
          if (!isPictured(crowd) || !isComplete(crowd)) continue;
          for (const [what, steps] of shortest(one, whole))
            expect(crowd.mayBreak.get(what) ?? Infinity).toBeLessThanOrEqual(steps);
        }
      }),
    patience,
  );

  // One operation at a time: all states of two devices that are a user's are seen within the limit.
  it(
    'nor does it matter that a user, or two, goes through iommufd, device by device',
    () =>
      propertyOf(generated(3, 2, ['iommufd']), Math.ceil(runs / 5), (one) => {
        const system = openSystem(one, 1);
        const whole = exploreCompiled(compile(system), judgesOf(system, principles), { maxStates: 20_000 });
        const crowd = pictures(one, principles, false, 1);
        if (!isPictured(crowd) || !isComplete(crowd)) return;
        for (const [what, steps] of shortest(one, whole))
          expect(crowd.mayBreak.get(what) ?? Infinity).toBeLessThanOrEqual(steps);
      }),
    patience,
  );

  it(
    'pictures that differ in who of the users is who show the same as one of them, as far away, whether or not the users are alike',
    () =>
      propertyOf(fc.oneof(generated(3, 3, ['container']), generated(3, 2, ['iommufd'])), Math.ceil(runs / 2), (one) => {
        if (one.machine.users.length < 2) return;
        for (const judged of [
          [...principles, ...telling],
          [...telling, namingOne],
        ]) {
          const question = crowdOf(one, judged, 1);
          const apart = finished(searchingCrowds({ ...question, usersApart: true }));
          if (!isPictured(apart) || !isComplete(apart)) return;
          const found = finished(searchingCrowds(question));
          expect(isPictured(found) && [isComplete(found), found.mayBreak]).toEqual([true, apart.mayBreak]);
          expect(isPictured(found) && found.states).toBeLessThanOrEqual(apart.states);
        }
      }),
    patience,
  );

  // More devices may refuse what fewer let happen, if a refinement looks at all: six are there, and nobody starts anything at three.
  it(
    'what six devices on three buses break while three stand there is in the pictures of them, or those are not alike',
    () =>
      propertyOf(generatedOnBuses(2), Math.ceil(runs / 10), (one) => {
        const { machine, strategy, buses } = one;
        const menu = menuOf({ ...machine, devices: machine.devices.slice(0, 3) });
        const system = assemble(machine, strategy, buses, { kind: 'open', inFlight: 2, menu });
        const some = exploreCompiled(compile(system), judgesOf(system, principles), limits);
        for (const reduction of [undefined, false] as const) {
          const crowd = pictures(one, principles, reduction);
          if (!isPictured(crowd) || !isComplete(crowd)) continue;
          for (const [what, steps] of shortest(one, some))
            expect(crowd.mayBreak.get(what) ?? Infinity).toBeLessThanOrEqual(steps);
        }
      }),
    patience,
  );
});
