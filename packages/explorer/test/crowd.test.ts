import { amba } from '@busward/amba';
import {
  assemble,
  defineStrategy,
  device,
  EBUSY,
  kernelDriver,
  refusals,
  linux61,
  machine,
  menuOf,
  OK,
  principles,
  stubDriver,
  type Bus,
  type Claim,
  type Device,
  type GroupGhosts,
  type Machine,
  type Strategy,
  type User,
  vfioDriverOf,
} from '@busward/core';
import { compare, compile, exploreCompiled, finished, judgesOf, kindsOf } from '@busward/explorer';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { mixed } from '../src/crowd/mixed.ts';
import { searchingCrowds } from '../src/crowd/search.ts';
import { isPictured, type CrowdResult, type Pictured } from '../src/crowd/result.ts';
import type { Question } from '../src/crowd/drawing.ts';
import { isComplete } from '../src/search/ended.ts';
import { under } from './machines.ts';

const buses = [pci, fslMc];
const alike = (count: number, joins: Device['joins'], through: User['through'] = 'container'): Machine =>
  machine(`${count} alike`, {
    devices: Array.from({ length: count }, (_, at) => device(pci, `D${at}`, { group: 'g', joins })),
    users: [{ name: 'u0', through }],
  });

const questionOf = (of: Machine, strategy: Strategy, reduction?: false, inFlight = 2): Question => ({
  machine: of,
  kinds: kindsOf(of, buses, strategy),
  strategy,
  buses,
  principles,
  inFlight,
  limits: { maxStates: 50_000 },
  ...(reduction === false && { reduction }),
});
const pictures = (...asked: Parameters<typeof questionOf>): Pictured =>
  pictured(finished(searchingCrowds(questionOf(...asked))));

function pictured(found: CrowdResult): Pictured {
  if (!isPictured(found)) throw new Error(`nothing is seen: ${JSON.stringify(found)}`);
  return found;
}

/** All states of all devices, one by one: `P1 pci` and the steps of a shortest way. */
function bruteForce(of: Machine, strategy: Strategy, inFlight = 2): ReadonlyMap<string, number> {
  const system = assemble(of, strategy, buses, { kind: 'open', inFlight, menu: menuOf(of) });
  const explored = exploreCompiled(compile(system), judgesOf(system, principles), { maxStates: 1e6 });
  const { violations } = explored;
  expect(isComplete(explored)).toBe(true);
  const found = new Map<string, number>();
  for (const { principle, path } of violations)
    found.set(`${principle.id} pci`, Math.min(path.length, found.get(`${principle.id} pci`) ?? Infinity));
  return found;
}

describe('pictures of a crowd', () => {
  it.each(['v1', 'sibling-scan', 'v7', '7.3'])(
    '%s: show what three devices break, no more and no less, and step by step as far away',
    (name) => {
      const few = alike(3, 'when added');
      const found = bruteForce(few, under(name));
      expect(pictures(alike(100, 'when added'), under(name), false).mayBreak).toEqual(found);
      const together = pictures(alike(100, 'when added'), under(name));
      expect([isComplete(together), [...together.mayBreak.keys()].toSorted()]).toEqual([
        true,
        [...found.keys()].toSorted(),
      ]);
    },
  );
  it("are looked at on each bus where a principle that is not core's may judge by it", () => {
    const judged = {
      ...principles[0]!,
      id: 'X1',
      states: ({ all, active }: GroupGhosts) => all.filter((one) => one.bus === 'fsl-mc' && active(one)),
    };
    const crowd = alike(9, 'when added').devices;
    const beside = (bus: Bus): Question => {
      const of = machine('one beside nine', {
        devices: [...crowd, device(bus, 'E', { group: 'g', drivers: [kernelDriver('k')] })],
      });
      const kinds = kindsOf(of, buses, under('7.3'));
      const limits = { maxStates: 50_000 };
      return { machine: of, kinds, strategy: under('7.3'), buses, principles: [judged], inFlight: 2, limits };
    };
    const before = pictured(finished(searchingCrowds(beside(pci as Bus))));
    expect([isComplete(before), [...before.mayBreak.keys()]]).toEqual([true, []]);
    const found = pictured(finished(searchingCrowds(beside(fslMc as Bus), [before])));
    expect([isComplete(found), [...found.mayBreak.keys()]]).toEqual([true, ['X1 fsl-mc']]);
  });
  it('have no room for more actors than a number has bits', () => {
    const kinds = Array.from({ length: 16 }, (_, kind) =>
      Array.from({ length: 3 }, (__, at) =>
        device(pci, `D${kind}.${at}`, {
          group: 'g',
          drivers: [{ ...kernelDriver('k'), failsAt: kind < 8 ? 'probe' : 'sysfs', failsWith: refusals[kind % 8]! }],
        }),
      ),
    );
    expect(finished(searchingCrowds(questionOf(machine('16 kinds', { devices: kinds.flat() }), under('7.3'))))).toEqual(
      {
        kind: 'untold',
        because: 'as 32 of its devices would act in a picture',
      },
    );
  });
  it('the same where devices join at their first bind', () =>
    expect(pictures(alike(100, 'at first bind'), under('v8'), false).mayBreak).toEqual(
      bruteForce(alike(3, 'at first bind'), under('v8')),
    ));
  // One that forgets that a user claims device by device: a second claim is refused, or one release gives all back.
  const forgetful = (verb: 'claim' | 'release'): Strategy => {
    const { ownership, ...rest } = under('7.3');
    return defineStrategy({
      ...rest,
      name: `forgetful ${verb}`,
      ownership(section, bus) {
        const own = ownership(section, bus);
        return { ...own, [verb]: ({ user, group }: Claim) => own[verb]!({ user, group }) };
      },
    });
  };
  it.each([under('6.6'), under('7.3'), forgetful('claim')])(
    '$name: show what three devices of a user that goes through iommufd break, no more and no less',
    (strategy) => {
      const found = bruteForce(alike(3, 'when added', 'iommufd'), strategy, 1);
      expect([...found.keys()]).toEqual(strategy.name === 'forgetful claim' ? ['P19 pci'] : []);
      for (const count of [3, 100]) {
        const all = pictures(alike(count, 'when added', 'iommufd'), strategy, undefined, 1);
        expect([isComplete(all), [...all.mayBreak.keys()]]).toEqual([true, [...found.keys()]]);
      }
    },
  );
  it('show all that is broken where a count is lost, and no further away', () => {
    const strategy = forgetful('release');
    const found = bruteForce(alike(3, 'when added', 'iommufd'), strategy, 1);
    const { mayBreak } = pictures(alike(100, 'when added', 'iommufd'), strategy, false, 1);
    expect(found.size).toBeGreaterThan(3);
    for (const [what, steps] of found) expect(mayBreak.get(what)).toBeLessThanOrEqual(steps);
  });
  it('of 5.10, where opening a device looks at its siblings one by one, show what three break as well, if it may have seen anything', () => {
    const found = bruteForce(alike(3, 'when added'), under('legacy'));
    const all = pictures(alike(100, 'when added'), under('legacy'));
    expect([isComplete(all), [...all.mayBreak.keys()].toSorted()]).toEqual([true, [...found.keys()].toSorted()]);
    expect(finished(searchingCrowds(questionOf(alike(100, 'when added'), under('legacy'), false)))).toEqual({
      kind: 'untold',
      because: expect.stringMatching(/open looks .* one by one/),
    });
  });
});

describe('compare on many devices', () => {
  it('shows what is broken by a way that the generators go on the whole machine', () => {
    const many = alike(60, 'when added');
    const { rows, bound } = compare({ machine: many, buses, strategies: [under('legacy'), under('7.3')], principles });
    const [broken, isolated] = rows.map(({ verdicts }) => verdicts.get('pci')!);
    expect(broken).toMatchObject({ kind: 'broken', outcome: 'mixed', orWorse: false });
    expect(isolated).toEqual({ kind: 'isolated' });
    expect(bound.join('\n')).toContain('legacy: whether anything can break P3');
  });
  it('says that operations may have seen anything where they look at a crowd one by one', () => {
    const drivers = [stubDriver('stub'), vfioDriverOf(pci)];
    const devices = Array.from({ length: 30 }, (_, at) => device(pci, `D${at}`, { group: 'g', drivers }));
    const { rows, bound } = compare({
      machine: machine('stubs', { devices }),
      buses,
      strategies: [under('legacy')],
      principles,
    });
    expect(rows[0]!.verdicts.get('pci')).toMatchObject({ outcome: 'exposed', orWorse: false, undecided: [] });
    expect(bound.join('\n')).toContain('in a system an operation that begins by looking');
  });
  it('says the same of a group with any number of like devices', () => {
    const verdicts = [3, 4, 30].map((count) =>
      compare({
        machine: alike(count, 'at first bind'),
        buses,
        strategies: [under('v8')],
        principles,
      }).rows[0]!.verdicts.get('pci'),
    );
    expect(verdicts).toMatchObject(
      verdicts.map(() => ({
        kind: 'broken',
        outcome: 'exposed',
        orWorse: false,
        breaks: ['P6', 'P10'],
        undecided: [],
      })),
    );
  });
});

describe('a crowd on several buses', () => {
  const onBuses: readonly Bus[] = [pci, fslMc, platform, amba, host1x];
  const of = machine('on five buses', {
    devices: Array.from({ length: 8 }, (_, at) => device(onBuses[at % 5]!, `D${at}`, { group: 'g' })),
  });
  const drawn = (strategy: Strategy, known: readonly CrowdResult[] = []) =>
    finished(
      searchingCrowds(
        {
          machine: of,
          kinds: mixed(kindsOf(of, onBuses, strategy), 2),
          strategy,
          buses: onBuses,
          principles,
          inFlight: 2,
          limits: { maxStates: 50_000 },
        },
        known,
      ),
    );

  it('breaks on each bus what a crowd on one breaks', () => {
    const one = [...pictures(alike(8, 'when added'), under('v8')).mayBreak.keys()];
    const keys = onBuses.flatMap(({ name }) => one.map((key) => key.replace('pci', name)));
    expect([...pictured(drawn(under('v8'))).mayBreak.keys()].toSorted()).toEqual(keys.toSorted());
  });

  // Steps of one name, with the same outcomes, that do not do the same on one of the buses.
  it('is none where the check of one bus has drifted', () => {
    const drifted = defineStrategy({
      ...linux61,
      name: 'drifted',
      ownership: (section, bus) => ({
        ...linux61.ownership(section, bus),
        use: (dev) =>
          section(dev, 'use', [OK, EBUSY], (group) => {
            if (!group) return OK;
            if (bus !== 'amba' && group.ownerCount > 0 && group.owner !== 'none') return EBUSY;
            group.ownerCount += 1;
            return OK;
          }),
      }),
    });
    expect(drawn(drifted)).toEqual({ kind: 'apart' });
    const { rows } = compare({
      machine: of,
      buses: onBuses,
      strategies: [drifted],
      principles,
      limits: { maxStates: 3_000 },
    });
    expect(rows[0]?.verdicts.get('amba')).not.toMatchObject({ kind: 'isolated' });
  });

  // Those who act are on pci, where it does what the other strategy does.
  it('is none where a strategy does on one bus what another does on all', () => {
    const onAmba = defineStrategy({
      ...linux61,
      name: 'no check on amba',
      ownership(section, bus) {
        const own = linux61.ownership(section, bus);
        if (bus !== 'amba') return own;
        return {
          ...own,
          use: (dev) => section(dev, 'use', [OK, EBUSY], (group) => (group && (group.ownerCount += 1), OK)),
        };
      },
    });
    const known = drawn(linux61);
    expect(known).toMatchObject({ ended: { kind: 'all seen' }, mayBreak: new Map() });
    expect(drawn(onAmba, [known])).toEqual({ kind: 'apart' });
  });

  // Two clients each of four channels: none of the kinds has three, and a copy would be of the channel, too.
  it('is kept apart where all that act cannot be of one kind', () => {
    const devices = Array.from({ length: 8 }, (_, at) => ({
      ...device(host1x, `D${at}`, { group: 'g' }),
      facts: { node: '', channel: `c${at >> 1}` },
    }));
    const four = machine('four channels', { devices });
    const strategy = under('7.3');
    const kinds = mixed(kindsOf(four, [host1x], strategy), 3);
    expect(kinds.map((kind) => kind.of?.length)).toEqual([4]);
    const question = {
      machine: four,
      kinds,
      strategy,
      buses: [host1x],
      principles,
      inFlight: 3,
      limits: { maxStates: 1 },
    };
    expect(finished(searchingCrowds(question))).toEqual({ kind: 'apart' });
  });
});
