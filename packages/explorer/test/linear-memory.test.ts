import {
  assemble,
  defineStrategy,
  device,
  machine,
  menuOf,
  principles,
  strategies,
  type Bus,
  type Clients,
  type Machine,
  type Strategy,
} from '@busward/core';
import { compile, exploreNaively, exploring, finished, judgesOf, type Exploration } from '@busward/explorer';
import { pci } from '@busward/pci';
import { describe, expect, it } from '@jest/globals';
import { lookingAtMost } from '../src/devices/at-most.ts';
import { released, reserved } from '../src/explicit/instance.ts';
import { likeUsersOf } from '../src/users/like-users.ts';
import { attach, bind, buses, claim, crossBus, open, pair, single, unbind } from './machines.ts';

/*
 * Tables in linear memory, followed by WebAssembly, against the same search in JavaScript (which oracle.test.ts holds against running the
 * generators themselves): the same states, transitions, violations and paths, to the turn.
 */

interface Case {
  readonly on: Machine;
  readonly strategy: Strategy;
  readonly clients: Clients;
  readonly symmetric?: boolean;
  readonly plugins?: readonly Bus[];
  readonly maxStates?: number;
}

function explored(of: Case, linearAfter: number): Exploration {
  const { on, strategy, clients, symmetric = clients.kind === 'open', plugins = buses, maxStates = 1e6 } = of;
  const system = assemble(on, strategy, plugins, clients);
  const compiled = { ...compile(system), symmetric };
  return finished(exploring(compiled, judgesOf(system, principles), { maxStates, linearAfter }));
}

const NEVER = Infinity;
const SOON = 20;

const world = (on: Machine, inFlight = 2, hotplug = false): Clients => ({
  kind: 'open',
  inFlight,
  menu: menuOf(on, { hotplug }),
});
const actors: Clients = {
  kind: 'actors',
  actors: [
    [bind('B', 'kernel-driver'), unbind('B')],
    [bind('A', 'vfio-pci'), claim, attach, open('A')],
    [bind('A', 'kernel-driver'), unbind('A')],
  ],
};
const twoUsers = { users: ['u0', 'u1'].map((name) => ({ name, through: 'container' }) as const) };

const systems: Readonly<Record<string, (strategy: Strategy) => Case>> = {
  'one device, three in flight': (strategy) => ({ on: single(), strategy, clients: world(single(), 3) }),
  'one device, slots told apart': (strategy) => ({
    on: single(),
    strategy,
    clients: world(single(), 3),
    symmetric: false,
  }),
  'hot-plug': (strategy) => ({ on: single(), strategy, clients: world(single(), 2, true) }),
  'a late IOMMU': (strategy) => {
    const on: Machine = { ...single(), iommu: 'later' };
    return { on, strategy, clients: world(on) };
  },
  'test_remove leaks a count': (strategy) => {
    const on: Machine = { ...single(), testRemove: true };
    return { on, strategy, clients: world(on) };
  },
  'two users': (strategy) => {
    const on: Machine = { ...single(), ...twoUsers };
    return { on, strategy, clients: world(on), symmetric: false };
  },
  'three actors': (strategy) => ({ on: pair(), strategy, clients: actors }),
  'a pair across buses': (strategy) => ({ on: crossBus(), strategy, clients: world(crossBus()), symmetric: false }),
};

describe.each(Object.keys(systems))('%s', (name) => {
  it.each(strategies.map((strategy) => [strategy.name, strategy] as const))('under %s', (_, strategy) => {
    const of = systems[name]!(strategy);
    expect(explored(of, SOON)).toEqual(explored(of, NEVER));
  });
});

it('and as many as running the generators', () => {
  const on: Machine = { ...single(), iommu: 'later' };
  const strategy = strategies.find(({ name }) => name === '6.1')!;
  const system = assemble(on, strategy, buses, world(on));
  const compiled = compile(system, { merge: false });
  const linear = finished(exploring(compiled, judgesOf(system, principles), { maxStates: 1e6, linearAfter: SOON }));
  const oracle = exploreNaively(system, principles);
  expect([linear.states, linear.transitions]).toEqual([oracle.states, oracle.transitions]);
  const lengths = linear.violations.map(({ principle: { id }, device: by, path }) => [`${id} ${by}`, path.length]);
  expect(Object.fromEntries(lengths)).toEqual(Object.fromEntries(oracle.violations));
});

it('the same of states of more than 256 words', () => {
  const on = machine('many groups', {
    devices: Array.from({ length: 600 }, (_, at) => device(pci, `D${at}`, { group: `g${at % 150}` })),
  });
  const of: Case = { on, strategy: strategies.at(-1)!, clients: world(on), maxStates: 1_500 };
  expect(explored(of, SOON)).toEqual(explored(of, NEVER));
});

it('stops at the same state', () => {
  for (const maxStates of [60, 150, 400]) {
    const of: Case = { on: pair(), strategy: strategies.at(-1)!, clients: world(pair()), maxStates };
    expect(explored(of, NEVER).ended.kind).toBe('stopped');
    expect(explored(of, SOON)).toEqual(explored(of, NEVER));
  }
});

it("tells a plugin's error alike, where it is reached", () => {
  const sixOne = strategies.find(({ name }) => name === '6.1')!;
  const careless = defineStrategy({
    ...sixOne,
    name: 'careless',
    ownership(section, bus) {
      const own = sixOne.ownership(section, bus);
      const release: typeof own.release = ({ group }) =>
        section(group, 'release', ['OK'], (view) => {
          if (view?.owner === 'none') return 'OK';
          throw new Error('did not expect an owner');
        });
      return { ...own, release };
    },
  });
  const said = (linearAfter: number): string => {
    try {
      explored({ on: pair(), strategy: careless, clients: world(pair()) }, linearAfter);
    } catch (error) {
      return String(error);
    }
    return 'no error';
  };
  expect(said(NEVER)).toContain('did not expect an owner');
  expect(said(SOON)).toBe(said(NEVER));
});

describe('213,720 states (Spin counts as many)', () => {
  const on = machine('two groups', {
    devices: ['A', 'B', 'C', 'D'].map((name, at) => device(pci, name, { group: `g${at % 2}` })),
  });
  const strategy = strategies.find(({ name }) => name === '6.12')!;
  const compiled = { ...compile(assemble(on, strategy, [pci], world(on))), symmetric: false };
  const packed = 4 * Math.ceil(compiled.bits.reduce((sum, one) => sum + one) / 32);

  it('and stops where JavaScript does, far from where linear memory begins', () => {
    const stopsAt = (linearAfter: number): number =>
      finished(exploring(compiled, judgesOf(compiled.system, principles), { maxStates: 30_000, linearAfter })).states;
    expect(stopsAt(NEVER)).toBeLessThan(31_000);
    expect(stopsAt(3_000)).toBe(stopsAt(NEVER));
  });

  it('and never more than 1.5 times the packed state and 8 bytes for each, beyond a MiB and a half', () => {
    const search = exploring(compiled, judgesOf(compiled.system, principles), { maxStates: 1e6, linearAfter: 10_000 });
    const bytesEach: number[] = [];
    let step = search.next();
    for (; !step.done; step = search.next()) {
      const { states, bytes } = step.value;
      if (states > 20_000) bytesEach.push((bytes - 1.5 * 2 ** 20) / states);
    }
    expect([step.value.states, step.value.transitions]).toEqual([213_720, 696_920]);
    expect(bytesEach.length).toBeGreaterThan(5);
    expect(Math.max(...bytesEach)).toBeLessThanOrEqual(1.5 * packed + 8);
    expect(Math.max(...bytesEach)).toBeGreaterThan(packed + 4);
  });

  it('gives its memory back as it had it: all of it is 0, and the next search has the same', () => {
    const lent = reserved('some');
    released(lent, 'some', []);
    // With users and devices in order, and with slots told apart: each writes what the other does not.
    const like = machine('like', {
      devices: ['A', 'B', 'C', 'D'].map((name) => device(pci, name, { group: 'g' })),
      ...twoUsers,
    });
    const system = assemble(like, strategy, [pci], world(like));
    const likeUsers = likeUsersOf(compile(system))!;
    const looked = finished(
      lookingAtMost({ ...compile(system), likeUsers }, principles, { maxStates: 1e6, linearAfter: 100 }),
    )!;
    expect(looked.states).toBeGreaterThan(500);
    finished(exploring(compiled, judgesOf(compiled.system, principles), { maxStates: 1e6 }));
    const again = reserved('some');
    expect(again === lent).toBe(true);
    const zeros = new Uint8Array(2 ** 26);
    for (let at = 0; at < again.buffer.byteLength; at += zeros.length)
      expect(Buffer.compare(new Uint8Array(again.buffer, at, zeros.length), zeros)).toBe(0);
  });
});
