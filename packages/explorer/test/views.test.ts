import { device, kernelDriver, machine, principles, strategies, stubDriver, vfioDriverOf } from '@busward/core';
import { compare, compile, exploreCompiled, finished, judgesOf, type Compiled } from '@busward/explorer';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { breachText, type Breach } from '../src/search/breach.ts';
import { isComplete } from '../src/search/ended.ts';
import { cellsOf } from '../src/tables/cells-of.ts';
import { SAYS_OF_EACH } from '../src/views/judged.ts';
import { lookingByViews } from '../src/views/looking.ts';
import { generated, generatedOnBuses, generatedSparing, openSystem, type Generated } from './generated.ts';
import { buses, under } from './machines.ts';
import { patience, propertyOf, runs } from './property.ts';
import { reached } from './reached.ts';

/*
 * What views say may be broken is held against a search over every state, step by step and with nobody taken for another.
 */

const kernel = kernelDriver('kernel-driver');
const ownDomain = { ...kernel, name: 'own-domain', ownDomain: true } as const;
/** Devices of which no two are alike, and no more than so many. */
const unlike = (many: number) =>
  Array.from({ length: many }, (_, at) => {
    const bus = buses[at % 2]!;
    const drivers = [
      [kernel, vfioDriverOf(bus)],
      [ownDomain, vfioDriverOf(bus)],
      [stubDriver('stub'), vfioDriverOf(bus)],
      [kernel],
    ][at % 4]!;
    const joins = at % 3 === 0 ? 'at first bind' : 'when added';
    return device(bus, String.fromCharCode(65 + at), { group: 'g', drivers, direct: at % 5 === 4, joins });
  });
/** Devices that a claim moves, or not, as they have joined the group meanwhile. */
const joining = [
  device(platform, 'A', { group: 'g', drivers: [kernel], joins: 'at first bind' }),
  device(platform, 'B', { group: 'g', drivers: [vfioDriverOf(platform)] }),
  device(platform, 'C', { group: 'g', drivers: [ownDomain, vfioDriverOf(platform)], joins: 'at first bind' }),
];
const users = [
  { name: 'u0', through: 'container' },
  { name: 'u1', through: 'iommufd' },
] as const;

/** What may be broken, as views say; nothing if they do not. */
function saidByViews(compiled: Compiled): readonly string[] | undefined {
  const said = finished(lookingByViews(compiled, principles));
  return said?.kind === 'viewed' ? textsOf(said.broken) : undefined;
}

const textsOf = (broken: readonly Breach[]): readonly string[] => [...new Set(broken.map(breachText))].toSorted();

/** Whether views say all that is broken, and no more; nothing if they say nothing, or there are many states. */
function isAllSaid(one: Generated, inFlight = 2): boolean | undefined {
  const system = openSystem(one, inFlight);
  const said = saidByViews(compile(system));
  if (!said) return undefined;
  const all = exploreCompiled(compile(system), judgesOf(system, principles), { maxStates: 200_000 });
  const broken = textsOf(all.violations);
  expect(said).toEqual(expect.arrayContaining([...broken]));
  return isComplete(all) ? said.length === broken.length : undefined;
}

describe('views', () => {
  it.each(strategies.map(({ name }) => name))('say of unlike devices what every state says, under %s', (name) => {
    for (const devices of [unlike(3), joining]) {
      const system = openSystem({ machine: machine('unlike', { devices, users }), strategy: under(name), buses });
      const said = saidByViews(compile(system))!;
      const all = exploreCompiled(compile(system), judgesOf(system, principles), { maxStates: 200_000 });
      expect(isComplete(all)).toBe(true);
      const broken = textsOf(all.violations);
      expect(said).toEqual(expect.arrayContaining([...broken]));
      const more = said.filter((text) => !broken.includes(text)).map((text) => text.split(' ')[0]);
      // There the count does not say how many drivers use the group, or a scan looks at all: so one may be refused for another that is gone.
      const isLoose = ['v1', 'v7', 'sibling-scan'].includes(name);
      expect(more.filter((id) => id !== 'P19' || !isLoose)).toEqual([]);
    }
  });

  it(
    'say no less than what is broken, whatever the plugins',
    () => {
      const said: (boolean | undefined)[] = [];
      propertyOf(
        fc.oneof(generated(3), generated(3, 2), generatedOnBuses(1), generatedSparing(3)),
        runs,
        (one) => void said.push(isAllSaid(one)),
      );
      propertyOf(generated(2), Math.ceil(runs / 4), (one) => void said.push(isAllSaid(one, 3)));
      // As a rule they say what is broken, and no more.
      const [all, more] = [true, false].map((one) => said.filter((isAll) => isAll === one).length) as [number, number];
      expect(all).toBeGreaterThan(more);
    },
    patience,
  );

  it('can ask of each member by itself what core asks of each', () => {
    const of = machine('unlike', { devices: unlike(3), users });
    const system = openSystem({ machine: of, strategy: under('v1'), buses });
    const compiled = compile(system);
    const { cells, initial } = compiled;
    const mine = system.machine.devices.map(({ name }) => new Set(cellsOf(compiled, name)));
    const each = judgesOf(system, principles).states.filter(({ principle }) => SAYS_OF_EACH.has(principle.id));
    expect(each.map(({ principle }) => principle.id).toSorted()).toEqual([...SAYS_OF_EACH].toSorted());
    let broken = 0;
    reached(compiled, [], 3_000, (row) => {
      for (const { table } of each)
        mine.forEach((own, member) => {
          const alone = row.slice();
          for (const { id } of cells)
            if (mine.some((other) => other !== own && other.has(id))) alone[id] = initial[id]!;
          const [among, apart] = [row, alone].map((state) => (table.at(state).result & (1 << member)) !== 0);
          expect(among).toBe(apart);
          if (among) broken++;
        });
    });
    expect(broken).toBeGreaterThan(0);
  });

  it('decide a group of twelve devices that nobody could visit', () => {
    const of = machine('twelve', { devices: unlike(12), users: users.slice(0, 1) });
    const { rows, bound } = compare({ machine: of, buses: [platform, pci], strategies: [under('7.3')], principles });
    expect(bound.join('\n')).toMatch(/such views nothing else is broken/);
    for (const verdict of rows[0]!.verdicts.values())
      expect(verdict.kind === 'broken' ? verdict.undecided : verdict.kind).toEqual([]);
  });
});
