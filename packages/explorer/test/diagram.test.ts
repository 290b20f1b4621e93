import {
  assemble,
  device,
  groupDevices,
  kernelDriver,
  machine,
  menuOf,
  PluginError,
  principles,
  strategies,
  userDriver,
  type Bus,
  type Machine,
  type Operation,
  type System,
} from '@busward/core';
import {
  compile,
  exploreCompiled,
  exploringByDiagram,
  finished,
  judgesOf,
  witnessOf,
  type Compiled,
} from '@busward/explorer';
import { fslMc } from '@busward/fsl-mc';
import { pci } from '@busward/pci';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isComplete, type Ending } from '../src/search/ended.ts';
import {
  add,
  attach,
  bind,
  buses as two,
  claim,
  crossBus,
  K,
  open,
  pair,
  remove,
  single,
  unbind,
  V,
  under,
} from './machines.ts';

/*
 * The diagram against the explicit search, which is held against the generators themselves in oracle.test.ts: as many states,
 * the same principles broken by the same devices, and witnesses as short, each of which is followed step by step.
 */

const buses = [...two, fslMc];
const iommufd = [{ name: 'u0', through: 'iommufd' } as const];
const twoUsers = ['u0', 'u1'].map((name) => ({ name, through: 'container' }) as const);
const ownDomain = [{ ...kernelDriver('kernel-driver'), ownDomain: true } as const, userDriver('vfio-pci')];
const failing = [{ ...kernelDriver('kernel-driver'), failsAt: 'probe' } as const, userDriver('vfio-pci')];

const machines: Readonly<Record<string, Machine>> = {
  single: single(),
  'single, late': single({ joins: 'at first bind' }),
  'single, iommufd': { ...single(), users: iommufd },
  'single, two users': { ...single(), users: twoUsers },
  'single, test_remove': { ...single(), testRemove: true },
  'single, probe fails': single({ drivers: failing }),
  'single, registers': { ...single(), iommu: 'later' },
  'single, registers, late': { ...single({ joins: 'at first bind' }), iommu: 'later' },
  'single, own domain': single({ drivers: ownDomain }),
  'single, firmware region': single({ direct: true }),
  refined: machine('a container and an object', {
    devices: groupDevices(
      ['dprc.1', 'dpni.0'].map((name) => device(fslMc, name, { facts: { iommu: 'arm-smmu-v3', container: 'dprc.1' } })),
      [fslMc],
    ),
  }),
  pair: pair(),
  'pair, iommufd': pair({ users: iommufd }),
  'across buses, late': crossBus({ joins: 'at first bind' }),
};

const ofMachine = (on: Machine, strategy: string, inFlight: number, hotplug = false): System =>
  assemble(on, under(strategy), buses, { kind: 'open', inFlight, menu: menuOf(on, { hotplug }) });

interface Told {
  readonly states: bigint;
  readonly complete: boolean;
  readonly overflow: string | undefined;
  /** `P1 B 9`: the principle, the device, the steps of the witness. */
  readonly broken: readonly string[];
}

const told = (
  states: bigint | number,
  result: Ending & {
    readonly violations: readonly {
      readonly principle: { readonly id: string };
      readonly device: string;
      readonly path: readonly unknown[];
    }[];
  },
): Told => ({
  states: BigInt(states),
  complete: isComplete(result),
  overflow: result.overflow,
  broken: result.violations.map(({ principle, device: by, path }) => `${principle.id} ${by} ${path.length}`).toSorted(),
});

function explicitly(system: System, symmetric: boolean): Told {
  const compiled = { ...compile(system), symmetric };
  const exploration = exploreCompiled(compiled, judgesOf(system, principles), { maxStates: 1e6 });
  return told(exploration.states, exploration);
}

function byDiagram(system: System, symmetric: boolean, compiled: Compiled = compile(system)): Told {
  const result = finished(exploringByDiagram({ ...compiled, symmetric }, judgesOf(system, principles)));
  for (const { path } of result.violations) witnessOf({ ...compiled, symmetric }, path);
  return told(result.count, result);
}

describe('the diagram counts, judges and leads as the explicit search does', () => {
  it.each(Object.keys(machines))('%s', (named) => {
    // Every strategy on the small ones; on the others one of each way to keep ownership.
    const some = named.startsWith('single') ? strategies : ['legacy', 'domain-compare', 'v7', '7.3'].map(under);
    for (const { name } of some) {
      const system = ofMachine(machines[named]!, name, 2);
      expect([name, byDiagram(system, true)]).toEqual([name, explicitly(system, true)]);
    }
  });

  it.each([1, 3])('with %d in flight', (inFlight) => {
    for (const strategy of ['legacy', 'domain-compare', '6.1']) {
      const system = ofMachine(pair(), strategy, inFlight);
      expect(byDiagram(system, true)).toEqual(explicitly(system, true));
    }
  });

  it('where slots are told apart', () => {
    for (const strategy of ['legacy', 'v7', '6.12']) {
      const system = ofMachine(single(), strategy, 3);
      expect(byDiagram(system, false)).toEqual(explicitly(system, false));
    }
  });

  it('with hot-plug', () => {
    for (const strategy of ['v8', '6.1']) {
      const system = ofMachine(machines['single, late']!, strategy, 2, true);
      expect(byDiagram(system, true)).toEqual(explicitly(system, true));
    }
  });

  it('where tables know situations of another search', () => {
    const system = ofMachine(single(), '6.1', 1);
    const compiled = compile(ofMachine(single(), '6.1', 3));
    exploreCompiled(compiled, judgesOf(compiled.system, principles), { maxStates: 1e6 });
    const fewer = { ...compiled, slots: 1, initial: compiled.initial.subarray(0, compiled.cells.length + 1) };
    expect(byDiagram(system, true, fewer)).toEqual(explicitly(system, true));
  });

  it('without P4 an overflow is said, and nothing is complete', () => {
    const system = ofMachine({ ...single(), testRemove: true }, '6.1', 2);
    const without = principles.filter(({ id }) => id !== 'P4');
    const one = exploreCompiled(compile(system), judgesOf(system, without), { maxStates: 1e6 });
    const other = finished(exploringByDiagram(compile(system), judgesOf(system, without)));
    expect(told(other.count, other)).toEqual(told(one.states, one));
  });
});

describe('what a plugin throws', () => {
  // Past defineBus, which would not have it.
  const thrower = (when: boolean): Bus => ({
    ...pci,
    *dma_configure(dev, kernel) {
      const driver = yield* kernel.driver.read(dev);
      // dev->driver is set before the hook is called: no state has none there.
      if ((driver === undefined) === when) throw new Error('thrown on purpose');
      return yield* pci.dma_configure(dev as never, kernel);
    },
  });
  const on = (when: boolean): Compiled =>
    compile(assemble(single(), under('6.1'), [thrower(when)], { kind: 'open', inFlight: 2, menu: menuOf(single()) }));
  const run = (compiled: Compiled) => finished(exploringByDiagram(compiled, judgesOf(compiled.system, principles)));
  it('is an error where it is reached', () => {
    expect(() => run(on(false))).toThrow(/thrown on purpose/);
    expect(() => run(on(false))).toThrow(PluginError);
  });
  it('and none where no state gets there', () => {
    expect(isComplete(run(on(true)))).toBe(true);
  });
});

describe('a limit', () => {
  const system = ofMachine(pair(), 'legacy', 2);
  const searching = () => exploringByDiagram(compile(system), judgesOf(system, principles), 1_000);
  it('of nodes leaves it undecided', () => {
    const all = finished(exploringByDiagram(compile(system), judgesOf(system, principles)));
    const some = finished(searching());
    expect(some.ended).toEqual({ kind: 'stopped', by: 'after 1,000 nodes' });
    expect(some.count).toBeLessThanOrEqual(all.count);
  });
  it('is whatever it is sent', () => {
    const search = searching();
    expect(search.next().done).toBe(false);
    const { done, value } = search.next('by Ctrl-C');
    expect([done, value]).toMatchObject([true, { ended: { kind: 'stopped', by: 'by Ctrl-C' } }]);
  });
});

describe('where many values can be in one place', () => {
  it('reports while it sees where rules lead them, not when all was seen', () => {
    const users = Array.from({ length: 4 }, (_, at) => ({ name: `u${at}`, through: 'container' as const }));
    const system = ofMachine({ ...single(), users }, 'legacy', 5);
    const bytes: number[] = [];
    const search = exploringByDiagram(compile(system), judgesOf(system, principles));
    for (let far = search.next(); !far.done; far = search.next()) bytes.push(far.value.bytes);
    const more = bytes.map((now, at) => now - (bytes[at - 1] ?? 0));
    expect(bytes.at(-1)).toBeGreaterThan(20_000_000);
    // 50,000 times 80 bytes, and what comes of them.
    expect(Math.max(...more)).toBeLessThan(5_000_000);
  });
});

describe('actors', () => {
  const scripts: readonly (readonly Operation[])[][] = [
    [[bind('B', K)], [bind('A', V), claim]],
    [
      [bind('B', K), unbind('B')],
      [bind('A', V), claim, attach, open('A')],
    ],
    [[remove('A'), add('A')], [bind('A', V), claim], [bind('B', K)]],
  ];
  it.each(scripts.map((actors) => [actors]))('%j', (actors) => {
    for (const { name } of strategies) {
      const system = assemble(pair(), under(name), buses, { kind: 'actors', actors });
      expect([name, byDiagram(system, false)]).toEqual([name, explicitly(system, false)]);
    }
  });
});

const machinesAtRandom = fc.record({
  devices: fc.array(
    fc.record({
      late: fc.boolean(),
      direct: fc.boolean(),
      ownDomain: fc.boolean(),
      fails: fc.constantFrom(undefined, 'probe', 'sysfs'),
      group: fc.constantFrom('g0', 'g1', undefined),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  through: fc.constantFrom('container' as const, 'iommufd' as const),
  testRemove: fc.boolean(),
  later: fc.boolean(),
  hotplug: fc.boolean(),
  strategy: fc.constantFrom(...strategies.map(({ name }) => name)),
  inFlight: fc.constantFrom(1, 2),
});

it('on machines at random', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
  const numRuns = Number(process.env['RUNS'] ?? 10);
  console.log(`diagram against search: seed ${seed}, ${numRuns} machines; SEED= and RUNS= choose others`);
  fc.assert(
    fc.property(machinesAtRandom, (said) => {
      const on = machine('at random', {
        devices: said.devices.map(({ late, direct, ownDomain: own, fails, group }, at) =>
          device(two[at % 2]!, 'AB'[at]!, {
            joins: late ? 'at first bind' : 'when added',
            direct,
            drivers: [
              { ...kernelDriver('k'), ...(own && { ownDomain: true as const }), ...(fails && { failsAt: fails }) },
              userDriver('vfio-pci'),
            ],
            ...(group !== undefined && { group }),
          } as object),
        ),
        users: [{ name: 'u0', through: said.through }],
        testRemove: said.testRemove,
        iommu: said.later ? 'later' : 'present',
      });
      const system = ofMachine(on, said.strategy, said.inFlight, said.hotplug);
      const search = explicitly(system, true);
      fc.pre(search.complete || search.overflow !== undefined);
      expect(byDiagram(system, true)).toEqual(search);
    }),
    { seed, numRuns },
  );
});
