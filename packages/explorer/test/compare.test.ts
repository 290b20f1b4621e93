import {
  definePrinciple,
  OK,
  assemble,
  defineBus,
  defineStrategy,
  device,
  groupDevices,
  kernelDriver,
  linux61,
  machine,
  menuOf,
  principles,
  strategies,
  stubDriver,
  userDriver,
  vfioDriverOf,
  type Bus,
  type Errno,
  type Machine,
  type Principle,
  type Strategy,
} from '@busward/core';
import {
  compare,
  compile,
  explore,
  exploreCompiled,
  judgesOf,
  kindsOf,
  partsOf,
  engines,
  represent,
  run,
  witnessOf,
  type Broken,
  type CompareOptions,
  type Comparison,
  type Engine,
  type Verdict,
} from '@busward/explorer';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { buses, crossBus, pair, single } from './machines.ts';
import { shapeOf } from '../src/likeness/parts.ts';
import { isComplete } from '../src/search/ended.ts';

const under = (...names: string[]): readonly Strategy[] => strategies.filter(({ name }) => names.includes(name));
const all = [...buses, fslMc, host1x];

const told = (verdict: Verdict | undefined): string =>
  verdict?.kind === 'broken' ? `${verdict.outcome} ${verdict.witness.steps.length}` : String(verdict?.kind);
const cell = (of: Comparison, strategy: string, bus: string): Verdict | undefined =>
  of.rows.find((row) => row.strategy.name === strategy)?.verdicts.get(bus);

describe('compare', () => {
  const chosen = under('domain-compare', '6.1');
  const comparison = compare({ machine: crossBus(), buses: all, strategies: chosen, principles });

  it('tells the worst outcome of each bus the machine has, and "absent" of the others', () => {
    expect(told(cell(comparison, '6.1', 'pci'))).toBe('isolated');
    expect(told(cell(comparison, '6.1', 'fsl-mc'))).toBe('absent');
    expect(cell(comparison, 'domain-compare', 'platform')).toMatchObject({ kind: 'broken', outcome: 'mixed' });
  });

  it('exchanges users who are alike, says so, and comes to the same as without', () => {
    const users = ['u0', 'u1', 'u2'].map((name) => ({ name, through: 'container' }) as const);
    const asked = (reduction: boolean, those: Machine['users'] = users): Comparison =>
      compare({ machine: { ...pair(), users: those }, buses, strategies: under('legacy'), principles, reduction });
    const [exchanged, apart] = [asked(true), asked(false)];
    expect(exchanged.bound.join()).toContain('u0, u1, u2 are alike in every table');
    expect(apart.bound.join()).not.toContain('alike');
    expect(exchanged.states).toBeLessThan(apart.states / 2);
    for (const { name } of buses) expect(told(cell(exchanged, 'legacy', name))).toBe(told(cell(apart, 'legacy', name)));
    const different = asked(true, [users[0]!, { name: 'u1', through: 'iommufd' }]);
    expect(different.bound.join()).not.toContain('alike');
  });

  it('tells as many steps as the search does by itself, principle by principle', () => {
    const on = crossBus();
    const alone = explore(assemble(on, chosen[0]!, all, { kind: 'open', inFlight: 2, menu: menuOf(on) }), principles);
    const shortest = Math.min(
      ...alone.violations.filter(({ principle }) => principle.outcome === 'mixed').map(({ path }) => path.length),
    );
    expect(told(cell(comparison, 'domain-compare', 'pci'))).toBe(`mixed ${shortest}`);
  });

  it('moves one member to every bus, where nothing changes since the check is shared', () => {
    const moved = comparison.moved!;
    expect(moved.device.name).toBe('B');
    for (const row of moved.rows) expect(new Set([...row.verdicts.values()].map(told)).size).toBe(1);
  });

  it('looks at few devices no further than many states where they broke the worst there is, and says so', () => {
    const lists = [
      [kernelDriver('k'), userDriver('vfio-pci')],
      [kernelDriver('k')],
      [stubDriver('s'), kernelDriver('k')],
    ];
    const devices = 'ABCDEFGH'.split('').map((name, at) => device(pci, name, { group: 'g', drivers: lists[at % 3]! }));
    const of = machine('three lists of drivers', { devices });
    const asked = (engine: Engine): Comparison =>
      compare({ machine: of, buses: [pci], strategies: under('domain-compare'), principles, engine });
    const [planned, visited, counted] = engines.slice(0, 3).map(asked) as [Comparison, Comparison, Comparison];
    const is = 'not every state was looked at';
    const bounds = [planned, visited, counted].map(({ bound }) => bound.join());
    expect(bounds.map((bound) => bound.includes(is))).toEqual([true, true, false]);
    // It was asked what they can break at most, and found that there is too much to see all of it.
    expect(bounds.map((bound) => bound.includes('in which the same two devices do anything'))).toEqual([
      true,
      false,
      false,
    ]);
    const whole = cell(counted, 'domain-compare', 'pci') as Broken;
    const { breaks, undecided } = whole;
    for (const some of [planned, visited].map((one) => cell(one, 'domain-compare', 'pci'))) {
      expect(told(some)).toBe(told(whole));
      expect(some).toMatchObject({ orWorse: false, breaks, undecided });
    }
  });

  it('looks no further than many at all devices of which no two are alike, either', () => {
    const lists = [[kernelDriver('k'), userDriver('vfio-pci')], [kernelDriver('k')], [userDriver('vfio-pci')]];
    const devices = 'ABCDEF'
      .split('')
      .map((name, at) => device(pci, name, { group: 'g', drivers: lists[at % 3]!, direct: at > 2 }));
    const users = ['u0', 'u1'].map((name) => ({ name, through: 'container' }) as const);
    const of = machine('six kinds', { devices, users });
    const [strategy] = under('domain-compare');
    const asked = { machine: of, buses: [pci], strategies: [strategy!], principles };
    // The planner finds out what they can break at most, and has no need to stop.
    const { bound, states, rows } = compare({ ...asked, engine: engines[1]! });
    expect(bound.join()).toContain('not every state was looked at');
    const system = assemble(of, strategy!, [pci], { kind: 'open', inFlight: 2, menu: menuOf(of) });
    const every = exploreCompiled(compile(system), judgesOf(system, principles), { maxStates: 5_000_000 });
    expect([isComplete(every), every.states > states]).toEqual([true, true]);
    const worst = every.violations
      .filter(({ principle }) => principle.outcome === 'mixed')
      .map(({ path }) => path.length);
    expect(rows.map(({ verdicts }) => told(verdicts.get('pci')))).toEqual([`mixed ${Math.min(...worst)}`]);
  });

  it('looks at all of five devices, three and two of them alike, and says what pictures say', () => {
    const devices = 'ABCDE'.split('').map((name, at) => device(pci, name, { group: 'g', direct: at % 2 === 0 }));
    const of = machine('every other with a region', { devices });
    const [quick, explicit] = engines as readonly [Engine, Engine];
    const [exchanged, pictures] = [quick, explicit].map((engine) =>
      compare({ machine: of, buses: [pci], strategies: under('6.1', '7.3'), principles, engine }),
    ) as [Comparison, Comparison];
    const is = 'which of like devices is where';
    expect([exchanged, pictures].map(({ bound }) => bound.join().includes(is))).toEqual([true, false]);
    const verdicts = ({ rows }: Comparison): readonly string[] => rows.map((row) => told(row.verdicts.get('pci')));
    expect(verdicts(exchanged)).toEqual(verdicts(pictures));
  });

  it('says what every state says where an operation looks at devices one by one, which may have seen anything', () => {
    const [stub, kernel] = [stubDriver('stub'), kernelDriver('kernel-driver')];
    const devices = [pci, pci, pci, platform, platform].map((bus, at) =>
      device(bus as Bus, `D${at}`, { group: 'g', drivers: bus === pci ? [stub, vfioDriverOf(pci)] : [kernel] }),
    );
    const [quick, slow] = [true, false].map((reduction) =>
      compare({
        machine: machine('five', { devices }),
        buses: [pci, platform],
        strategies: under('legacy'),
        principles,
        reduction,
      }),
    ) as [Comparison, Comparison];
    const saying = 'an operation that begins by looking at one thing after another was taken to have seen anything';
    expect([quick, slow].map(({ bound }) => bound.join().includes(saying))).toEqual([true, false]);
    const verdicts = ({ rows: [row] }: Comparison): readonly unknown[] =>
      [...row!.verdicts.values()].map((one) => ({
        said: told(one),
        ...('breaks' in one && { all: [one.breaks, one.undecided] }),
      }));
    expect(verdicts(quick)).toEqual(verdicts(slow));
  });

  describe('of devices that were looked at but for which of them is where', () => {
    const on = machine('four', {
      devices: [pci, pci, pci, platform].map((bus, at) => device(bus as Bus, `D${at}`, { group: 'g' })),
    });
    const asked = (more: Partial<CompareOptions> = {}): Comparison =>
      compare({ machine: on, buses: [pci, platform], strategies: under('v8'), principles, ...more });
    const outcomes = ({ rows, moved }: Comparison): readonly string[] =>
      [...rows, ...moved!.rows].flatMap(({ verdicts }) => [...verdicts.values()].map(told));
    const known = asked();

    it('moves one among all, as without reductions', () => {
      expect(known.bound.join()).toContain('one was looked at of states that differ in which of like devices is where');
      expect(known.bound.join()).not.toContain('on another bus');
      expect(outcomes(known)).toEqual(outcomes(asked({ reduction: false })));
    });
    it('moves one among few where something comes of the bus, and says so', () => {
      const forgetful = { ...platform, *dma_unconfigure() {} } as Bus;
      expect(asked({ buses: [pci, forgetful] }).bound.join()).toContain(
        'on another bus: in g with 3 of them, and no more',
      );
    });
    it('does not take for an answer what does not say how all of it is broken', () => {
      const [planner] = engines;
      const hasty: Engine = {
        ...planner!,
        *exchanging(...system) {
          const decided = yield* planner!.exchanging!(...system);
          return decided && { ...decided, violations: [], atMost: decided.violations };
        },
      };
      expect(outcomes(asked({ engine: hasty }))).toEqual(outcomes(known));
    });
  });

  it("asks a principle that is not core's of the moved device, too: it may look at the bus", () => {
    const [p1] = principles;
    const states: Principle['states'] = ({ all: members, active }) =>
      members.filter((one) => one.bus === 'pci' && active(one));
    const { moved } = compare({
      machine: pair(),
      buses: [pci, platform],
      strategies: under('6.1', '7.3'),
      principles: [{ ...p1!, id: 'P99', states }],
    });
    for (const { verdicts } of moved!.rows)
      expect([...verdicts].map(([bus, { kind }]) => [bus, kind])).toEqual([
        ['pci', 'broken'],
        ['platform', 'isolated'],
      ]);
  });

  it('without reductions looks at every system by itself, also where tables are the same', () => {
    const [, explicit] = engines;
    const asked = (reduction: boolean): string => {
      const looked: string[] = [];
      const noting: Engine = {
        ...explicit!,
        *explore(...system) {
          looked.push(system[0].system.kernel.strategy.name);
          return yield* explicit!.explore(...system);
        },
      };
      compare({ machine: pair(), buses, strategies: under('6.1', '6.6'), principles, reduction, engine: noting });
      return looked.join(' ');
    };
    // One device is moved to the other bus, too.
    expect([true, false].map(asked)).toEqual(['6.1', '6.1 6.6 6.1 6.6']);
  });

  it('says undecided at a limit, never isolated', () => {
    const limited = compare({
      machine: crossBus(),
      buses: all,
      strategies: under('6.1'),
      principles,
      limits: { maxStates: 50 },
    });
    expect(told(cell(limited, '6.1', 'pci'))).toBe('undecided');
  });

  it('states its bound, and what P4 and P5 do not speak of', () => {
    expect(comparison.bound.join('\n')).toMatch(/2 operations in flight; .*user u0 \(container\)/);
    expect(comparison.bound.join('\n')).toMatch(/P4 and P5 speak of a count, which domain-compare does not keep/);
  });
});

describe('like devices', () => {
  const kinds = (of: Machine, strategy = linux61) =>
    kindsOf(of, all, strategy).map(({ devices }) => devices.map(({ name }) => name));
  it('are those that differ in nothing but names', () => {
    const many = machine('many', {
      devices: groupDevices(
        Array.from({ length: 6 }, (_, at) => device(fslMc, at === 0 ? 'dprc.1' : `dpni.${at}`)),
        all,
      ),
    });
    expect(kinds(many)).toEqual([['dprc.1'], ['dpni.1', 'dpni.2', 'dpni.3', 'dpni.4', 'dpni.5']]);
    expect(represent(many, kindsOf(many, all, linux61)).devices.map(({ name }) => name)).toEqual([
      'dprc.1',
      'dpni.1',
      'dpni.2',
    ]);
  });
  it('do not differ in a 1:1 region, a bridge or other drivers', () => {
    const facts = { withoutAcsBelow: 'P' };
    const different = ['A', 'B', 'C', 'D'].map((name, at) =>
      device(pci, name, {
        facts,
        direct: at === 0,
        bridge: at === 1,
        ...(at === 2 && { drivers: [kernelDriver('one')] }),
      }),
    );
    expect(kinds(machine('four', { devices: groupDevices(different, all) }))).toEqual([['A'], ['B'], ['C'], ['D']]);
  });
  it('are not those before and after the first member that a domain can be refused for', () => {
    const facts = { withoutAcsBelow: 'P' };
    const row = ['A', 'B', 'C', 'D'].map((name) => device(pci, name, { facts, direct: name === 'C' }));
    const on = machine('row', { devices: groupDevices(row, all) });
    expect(kinds(on, under('6.6')[0])).toEqual([['A', 'B'], ['C'], ['D']]);
    // Before a48ce36e2786 nothing is refused for a region.
    expect(kinds(on)).toEqual([['A', 'B', 'D'], ['C']]);
    const inTurn = ['A', 'B', 'C', 'D', 'E'].map((name, at) => device(pci, name, { facts, direct: at % 2 === 1 }));
    const alternating = machine('in turn', { devices: groupDevices(inTurn, all) });
    expect(kinds(alternating, under('6.6')[0])).toEqual([['A'], ['B', 'D'], ['C', 'E']]);
    // Whoever is first of those that are members: any may be, where none is yet.
    const late = { ...alternating, iommu: 'later' as const };
    expect(kinds(late, under('6.6')[0])).toEqual([['A'], ['B'], ['C'], ['D'], ['E']]);
  });
  it('are not those of two channels, though a channel is', () => {
    const clients = [1, 1, 2, 2].map((channel, at) =>
      device(host1x, `C${at}`, { group: 'g', facts: { channel: `${channel}` } }),
    );
    expect(kinds(machine('channels', { devices: clients }))).toEqual([
      ['C0', 'C1'],
      ['C2', 'C3'],
    ]);
  });
  it('are not those whose hooks do different things', () => {
    const partial = defineBus({
      ...pci,
      name: 'partial',
      *dma_configure(dev, kernel) {
        if (dev.facts.withoutAcsBelow === 'odd') return kernel.ownership.bypass('odd');
        return yield* pci.dma_configure(dev as never, kernel);
      },
    });
    const row = ['A', 'B', 'C'].map((name) =>
      device(partial, name, { group: 'g', facts: { withoutAcsBelow: name === 'B' ? 'odd' : 'even' } }),
    );
    const names = kindsOf(machine('odd', { devices: row }), [partial], linux61).map(({ devices }) =>
      devices.map(({ name }) => name),
    );
    expect(names).toEqual([['A', 'C'], ['B']]);
  });
});

describe('a count that leaves its range', () => {
  const endless = defineStrategy({
    ...linux61,
    name: 'endless',
    ownership: (section, bus) => ({
      ...linux61.ownership(section, bus),
      claim: ({ group }) =>
        section(group, 'claim', ['OK', 'EPERM'], (view) => {
          view.ownerCount += 1;
          return 'EPERM';
        }),
    }),
  });
  const judgedBy = (ids: readonly string[]) => {
    const judging = principles.filter(({ id }) => ids.includes(id));
    return compare({ machine: single(), buses: all, strategies: [endless], principles: judging });
  };
  const verdict = (ids: readonly string[]) => judgedBy(ids).rows[0]!.verdicts.get('pci')!;

  it('breaks P4, also where a whole group is claimed', () =>
    expect(verdict(['P4'])).toMatchObject({ kind: 'broken', breaks: ['P4'] }));
  it('is undecided, and said, where P4 is not judged', () => {
    expect(verdict(['P1'])).toEqual({ kind: 'undecided', undecided: ['P1'] });
    expect(judgedBy(['P1']).bound.join()).toMatch(/not followed, where P4 is not judged: endless: group 0.owner_cnt/);
  });
});

describe('partsOf', () => {
  const onChannels = (...channels: string[]): Machine =>
    machine('channels', {
      devices: channels.map((channel, at) =>
        device(host1x, `client${at}`, {
          group: `group ${at}`,
          facts: { channel },
          drivers: [kernelDriver('drm'), userDriver('vfio')],
        }),
      ),
    });
  const sizes = (of: Machine): readonly number[] =>
    partsOf(of, kindsOf(of, all, linux61), all, [linux61]).map((part) => part.machine.devices.length);

  it('explores groups apart that share no variable', () => expect(sizes(onChannels('a', 'b', 'c'))).toEqual([1, 1, 1]));
  it('keeps groups together that a refinement ties: clients of one channel', () =>
    expect(sizes(onChannels('a', 'b', 'a'))).toEqual([2, 1]));
});

describe('a refinement only restricts', () => {
  /** A DPRC in a group, and an object of it in none, as behind an SMMUv3. */
  const apart = machine('apart', {
    devices: groupDevices(
      ['dprc.1', 'dpni.0'].map((name) => device(fslMc, name, { facts: { iommu: 'arm-smmu-v3', container: 'dprc.1' } })),
      all,
    ),
  });
  const results = (withRefinement: boolean): readonly string[] => {
    const { refine, ...rest } = fslMc;
    const bus = withRefinement ? fslMc : rest;
    const sequence = [
      { do: 'bind', device: 'dprc.1', driver: 'vfio-fsl-mc' },
      { do: 'claim', user: 'u0', group: 'group 0' },
      { do: 'bind', device: 'dpni.0', driver: 'kernel-driver' },
    ] as const;
    const system = assemble(apart, linux61, [...all.filter(({ name }) => name !== 'fsl-mc'), bus as never], {
      kind: 'open',
      inFlight: 1,
      menu: [],
    });
    expect(refine).toBeDefined();
    return runResults(system, sequence);
  };
  it('fsl-mc refuses a kernel driver for the child of a container that a user owns, upstream does not', () => {
    expect(results(true)).toEqual(['OK', 'OK', 'EBUSY']);
    expect(results(false)).toEqual(['OK', 'OK', 'OK']);
  });

  it('and what it refuses is undone: the count is what it was', () => {
    const system = assemble(apart, linux61, all, { kind: 'open', inFlight: 2, menu: menuOf(apart) });
    expect(explore(system, principles).violations).toEqual([]);
  });

  it('host1x: clients of one channel have one kind of owner, across groups', () => {
    const clients = machine('clients', {
      devices: ['gr2d', 'vic'].map((name, at) =>
        device(host1x, name, { group: `group ${at}`, facts: { channel: 'c0' } }),
      ),
    });
    const system = assemble(clients, linux61, all, { kind: 'open', inFlight: 1, menu: [] });
    const ran = runResults(system, [
      { do: 'bind', device: 'gr2d', driver: 'kernel-driver' },
      { do: 'bind', device: 'vic', driver: 'vfio-host1x' },
      { do: 'claim', user: 'u0', group: 'group 1' },
      { do: 'unbind', device: 'gr2d' },
      { do: 'claim', user: 'u0', group: 'group 1' },
      { do: 'bind', device: 'gr2d', driver: 'kernel-driver' },
    ]);
    expect(ran).toEqual(['OK', 'OK', 'EBUSY', 'OK', 'OK', 'EBUSY']);
  });

  it('is not what any kernel had', () => {
    for (const bus of [fslMc.at('6.12'), host1x.at('6.6')]) expect(bus.refine).toBeUndefined();
  });

  it('a refinement that judges anything else is an error with the bus named', () => {
    const lax = { ...fslMc, refine: { ...fslMc.refine!, judge: () => 'ALLOW' as never } };
    const system = assemble(apart, linux61, [lax as never], { kind: 'open', inFlight: 1, menu: menuOf(apart) });
    expect(() => explore(system, principles)).toThrow(
      /bus 'fsl-mc', refine: judged ALLOW; it may only return OK, EBUSY or EPROBE_DEFER/,
    );
  });
});

describe('a witness', () => {
  const on = pair();
  const system = assemble(on, under('domain-compare')[0]!, buses, { kind: 'open', inFlight: 2, menu: menuOf(on) });
  const compiled = compile(system);
  const [violation] = explore(system, principles).violations;
  const witness = witnessOf(compiled, violation!.path);

  it('has as many steps as the path, and ends where the principle breaks', () => {
    expect(witness.steps.length).toBe(violation!.path.length);
    expect(witness.steps.at(-1)).toMatchObject({ call: 'iommu_attach_group', result: 'OK' });
  });
  it('changes operations as little as it can: four operations, and nothing goes to and fro', () => {
    const lanes = witness.steps.map(({ lane }) => lane);
    expect(lanes).toEqual(lanes.toSorted((a, b) => a - b));
    expect(new Set(lanes).size).toBe(4);
  });
});

describe('merging places', () => {
  it('says so where places are too many, and takes as many as there is room for', () => {
    const on = pair();
    const system = assemble(on, under('6.12')[0]!, buses, { kind: 'open', inFlight: 1, menu: menuOf(on) });
    for (const merge of [true, false]) {
      const places = compile(system, { merge }).nodes.length;
      expect(compile(system, { merge }, places).nodes).toHaveLength(places);
      const advice = merge
        ? /more places than the .*fewer operations or users/
        : /told apart than the .*leave out --no-reduction/;
      expect(() => compile(system, { merge }, places - 1)).toThrow(advice);
    }
  });

  it('is refused where two histories reach sections of one name that do different things', () => {
    const [linux612] = under('6.12') as [Strategy];
    let last: Errno = 'OK';
    const twofaced = defineStrategy({
      ...linux612,
      name: 'twofaced',
      ownership: (section, bus) => ({
        ...linux612.ownership(section, bus),
        attachOwn(dev) {
          const now = last === 'EPROBE_DEFER' ? 'EBUSY' : 'OK';
          return section(dev, 'one name', ['OK', 'EBUSY'], () => now);
        },
      }),
      at: {
        *configure(dev, _driver, hook, own) {
          last = yield* hook.run();
          return yield* own.attachOwn(dev);
        },
      },
    });
    const on = pair();
    const bound = assemble(on, twofaced, buses, { kind: 'open', inFlight: 1, menu: menuOf(on) });
    expect(() => explore(bound, principles)).toThrow(
      /did two things in one situation; .*two sections that differ need two names/,
    );
  });
});

function runResults(system: Parameters<typeof run>[0], operations: Parameters<typeof run>[1]): readonly string[] {
  return run(system, operations, principles).ran.map(({ result }) => result);
}

describe('a principle of somebody else that judges what happens', () => {
  const what = { id: 'X1', name: 'x', sentence: 'x', source: 'x', outcome: 'mixed' } as const;
  const verdict = (principle: Principle, devices: number, names: readonly string[] = ['u0'], inFlight = 2) => {
    const of = machine('many', {
      devices: Array.from({ length: devices }, (_, at) => device(pci, `D${at}`, { group: 'g' })),
      users: names.map((name) => ({ name, through: 'container' as const })),
    });
    const own = { ...strategies.at(-1)! };
    const limits = { maxStates: 20_000 };
    const judged = [principle];
    const { rows, bound } = compare({
      machine: of,
      buses: [pci],
      strategies: [own],
      principles: judged,
      inFlight,
      limits,
    });
    return { kind: rows[0]!.verdicts.get('pci')!.kind, bound: bound.join() };
  };

  it('may tell like devices apart', () => {
    const third = definePrinciple({
      ...what,
      events: {
        granted: ({ group }, { of, devices: [a, b, c] }) => {
          const { bound } = of(group);
          return bound(c!) && !bound(a!) && !bound(b!) ? [a!] : [];
        },
      },
    });
    const said = verdict(third, 3, ['u0'], 1);
    expect(said.kind).toBe('broken');
    expect(said.bound).toContain('nobody is taken for another, and no step with another: X1 may tell apart');
  });

  it('may name the last of a crowd, and one of several users', () => {
    const last = definePrinciple({
      ...what,
      events: { started: ({ device: by }, { devices }) => devices.filter(({ name }) => name === by && name === 'D8') },
    });
    expect(verdict(last, 9).kind).toBe('broken');
    for (const who of ['u0', 'u1']) {
      const held = definePrinciple({
        ...what,
        events: { granted: ({ user }, { devices }) => (user === who ? devices.slice(0, 1) : []) },
      });
      expect(verdict(held, 6, ['u0', 'u1']).kind).toBe('broken');
    }
  });
});

describe('one system does not answer for another', () => {
  it('when the generators are asked, whose tables were never filled', () => {
    const naive = engines.find(({ name }) => name === 'naive')!;
    const unchecked = defineStrategy({
      ...linux61,
      name: 'unchecked',
      says: 'x',
      source: 'x',
      at: { busUse: 'nothing', busUnuse: 'nothing' },
    });
    const options = { machine: pair(), buses, strategies: [linux61, unchecked], principles, engine: naive };
    const kinds = compare(options).rows.map(({ verdicts }) => verdicts.get('pci')!.kind);
    expect(kinds).toEqual(
      compare({ ...options, engine: engines[0]! }).rows.map((one) => one.verdicts.get('pci')!.kind),
    );
    expect(kinds).toEqual(['isolated', 'broken']);
  });

  it('when devices of one group look at each other, and those of the other at nobody', () => {
    const of = machine('channels', {
      devices: ['one', 'one', 'two', 'three'].map((channel, at) => ({
        ...device(host1x, `D${at}`, { group: at < 2 ? 'g' : 'h' }),
        facts: { node: `/${at}`, channel },
      })),
    });
    const kinds = kindsOf(of, [host1x], linux61);
    const shapes = partsOf(of, kinds, [host1x], [linux61]).map(shapeOf);
    expect(new Set(shapes).size).toBe(2);
  });

  // A bus that does not count one of its devices; a strategy that asks in the core instead does not see that.
  it('when their groups look alike under another strategy only', () => {
    const quirk = {
      ...pci,
      *dma_configure(dev, kernel) {
        const driver = yield* kernel.driver.read(dev);
        if (!driver || driver.managesDma) return kernel.ownership.notNeeded(driver);
        if (dev.facts.odd) return kernel.ownership.bypass('quirk');
        return yield* kernel.ownership.use(dev);
      },
      *dma_unconfigure(dev, kernel) {
        const driver = yield* kernel.driver.read(dev);
        if (driver && !driver.managesDma && !dev.facts.odd) yield* kernel.ownership.unuse(dev);
      },
    } as Bus<string, { odd?: boolean }> as unknown as Bus;
    const central = defineStrategy({
      ...linux61,
      name: 'central',
      says: 'x',
      source: 'x',
      at: {
        busUse: 'nothing',
        busUnuse: 'nothing',
        *configure(_dev, driver, hook, own) {
          const configured = yield* hook.run();
          return configured !== OK || driver.managesDma ? configured : yield* own.use(_dev);
        },
        *unconfigure(dev, driver, hook, own) {
          if (!driver.managesDma) yield* own.unuse(dev);
          yield* hook.run();
        },
      },
    });
    const of = machine('two groups', {
      devices: ['A', 'B', 'C', 'D'].map((name) => ({
        ...device(pci, name, { group: name < 'C' ? 'g' : 'h' }),
        facts: { odd: name === 'C' },
      })),
    });
    const options = { machine: of, buses: [quirk], strategies: [linux61, central], principles };
    expect(compare(options).rows.map(({ verdicts }) => verdicts.get('pci')!.kind)).toEqual(['broken', 'isolated']);
  });
});
