import { device, kernelDriver, machine, principles, vfioDriverOf } from '@busward/core';
import { compare, compile, engines, exploreCompiled, judgesOf, type Engine, type Verdict } from '@busward/explorer';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { byBus } from '../src/compare/enough.ts';
import { lookingAtMost } from '../src/devices/at-most.ts';
import { exchanging } from '../src/devices/exchanging.ts';
import { planner } from '../src/search/planner.ts';
import { isComplete } from '../src/search/ended.ts';
import { generated, generatedOnBuses, generatedSparing, openSystem, type Generated } from './generated.ts';
import { under } from './machines.ts';
import { patience, propertyOf, runs } from './property.ts';

/*
 * However a comparison chooses to look at a machine with like devices (few, pictures of all, or all but for who is where), it says
 * of each bus what a search over every state of all devices finds, on generated plugins.
 */

const breaks = (verdict: Verdict): readonly string[] => (verdict.kind === 'broken' ? verdict.breaks : []);
const open = (verdict: Verdict): readonly string[] => ('undecided' in verdict ? verdict.undecided : []);

/** Says whether everything that is broken was found to be; nothing, if not all states could be seen. */
function isAllSaidOf(one: Generated): boolean | undefined {
  const { machine: of, strategy, buses } = one;
  const system = openSystem(one);
  const all = exploreCompiled(compile(system), judgesOf(system, principles), { maxStates: 400_000 });
  if (!isComplete(all)) return undefined;
  const broken = byBus(of, all.violations);
  const compared = [engines[0]!, moving].map((engine) =>
    compare({ machine: of, buses, strategies: [strategy], principles, engine }),
  );
  seeThatSame(compared.map(({ moved }) => moved?.rows[0]?.verdicts));
  return compared.every(({ rows: [row] }) =>
    [...row!.verdicts].every(([bus, verdict]) => {
      if (verdict.kind === 'absent') return true;
      const wanted = principles.map(({ id }) => id).filter((id) => broken.has(`${id} ${bus}`));
      expect(wanted).toEqual(expect.arrayContaining([...breaks(verdict)]));
      expect([...breaks(verdict), ...open(verdict)]).toEqual(expect.arrayContaining(wanted));
      return wanted.length === breaks(verdict).length;
    }),
  );
}

/** What the one says is broken, the other says is, or may be. */
function seeThatSame([one, other]: readonly (ReadonlyMap<string, Verdict> | undefined)[]): void {
  expect(one?.size).toBe(other?.size);
  for (const [bus, mine] of one ?? []) {
    const yours = other!.get(bus)!;
    for (const [verdict, beside] of [
      [mine, yours],
      [yours, mine],
    ] as const)
      expect([...breaks(beside), ...open(beside)]).toEqual(expect.arrayContaining([...breaks(verdict)]));
  }
}

/** The first engine, but that steps are moved from the first state on. */
const [, explicit, diagram] = engines;
const moving: Engine = {
  ...planner(explicit!, diagram!, (compiled, judged, limits, isEnough) =>
    lookingAtMost(compiled, judged, { ...limits, movedAfter: 0 }, isEnough),
  ),
  exchanging: (compiled, judged, limits, isEnough) =>
    exchanging(compiled, judged, { ...limits, movedAfter: 0 }, isEnough),
};

describe('what is said of many devices', () => {
  it('says where steps were moved', () => {
    const devices = [0, 1, 2].map((at) => device(pci, `D${at}`, { group: 'g' }));
    const options = { machine: machine('three', { devices }), buses: [pci], strategies: [under('v7')], principles };
    const says = (engine: Engine): boolean =>
      compare({ ...options, engine })
        .bound.join(' ')
        .includes('nobody minds');
    expect([engines[0]!, moving].map(says)).toEqual([false, true]);
  });

  it('is undecided where there are more states than may be seen, and more pictures than a tenth of them', () => {
    const kernel = kernelDriver('kernel-driver');
    const drivers = [[kernel, vfioDriverOf(platform)], [kernel]];
    const of = machine('five', {
      devices: ['A', 'B', 'C', 'D', 'E'].map((name, at) =>
        device(platform, name, { group: 'g', drivers: drivers[at % 2]! }),
      ),
      users: [
        { name: 'u0', through: 'container' },
        { name: 'u1', through: 'iommufd' },
      ],
    });
    const says = (maxStates: number) => {
      const limits = { maxStates };
      return compare({ machine: of, buses: [platform], strategies: [under('7.3')], principles, limits });
    };
    const [little, much] = [says(1_000), says(100_000)];
    expect(little.rows[0]!.verdicts.get('platform')).toMatchObject({ kind: 'undecided' });
    expect(little.bound).toContain('what a crowd can do was not seen whole, after 100 states');
    expect(much.rows[0]!.verdicts.get('platform')).toEqual({ kind: 'isolated' });
  });

  it(
    'is what a search over all of them finds, on one bus, with one user or three, and on several buses',
    () => {
      const said: (boolean | undefined)[] = [];
      propertyOf(
        fc.oneof(
          generated(4),
          generated(5),
          generated(4, 3),
          generatedOnBuses(1),
          generatedOnBuses(2),
          generatedSparing(4),
        ),
        runs,
        (one) => void said.push(isAllSaidOf(one)),
      );
      // What only many break together may be left undecided: of 200 of these systems, of none.
      const [all, some] = [true, false].map((one) => said.filter((isAll) => isAll === one).length) as [number, number];
      expect(all).toBeGreaterThan(some);
    },
    patience,
  );
});
