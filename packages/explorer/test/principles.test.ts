import {
  assemble,
  configureThenCheck,
  countedOwner,
  defineBus,
  defineStrategy,
  ghostsOf,
  groupDomain,
  linux61,
  menuOf,
  principles,
  strategies,
  v8,
  type Bus,
  type Cell,
  type Machine,
  type Strategy,
} from '@busward/core';
import { explore } from '@busward/explorer';
import { describe, expect, it } from '@jest/globals';
import { buses, crossBus, pair, single } from './machines.ts';

/* Every principle is broken by something and kept by something else: none is vacuous, none is always broken. */

const under = (name: string): Strategy => strategies.find((strategy) => strategy.name === name)!;

function broken(on: Machine, strategy: Strategy, plugins: readonly Bus[] = buses): ReadonlySet<string> {
  const menu = menuOf(on, { hotplug: true });
  const system = assemble(on, strategy, plugins, { kind: 'open', inFlight: 2, menu });
  return new Set(explore(system, principles).violations.map(({ principle }) => principle.id));
}

const late = single({ joins: 'at first bind' });
const iommufd = { ...pair(), users: ['u0', 'u1'].map((name) => ({ name, through: 'iommufd' }) as const) };

/** Forgets who owns: a second context is let in. */
const forgetful = defineStrategy({
  ...under('6.12'),
  name: 'forgetful',
  ownership(section, bus) {
    const own = under('6.12').ownership(section, bus);
    return { ...own, claim: ({ group }) => section(group, 'claim', ['OK'], () => 'OK') };
  },
});

/** Goes from domain to domain through the default one, as type1 merged domains in 5.10. */
const throughDefault = defineStrategy({
  ...linux61,
  name: 'through-default',
  ownership: (section) => ({
    ...countedOwner(section, { owned: 'blocking', defers: false, pasids: false }),
    ...groupDomain(section, (group) => (group.owner === 'none' ? 'default' : 'blocking')),
    attach: ({ group, user }) =>
      section(group, 'attach', ['OK', 'EBUSY', 'EINVAL'], (view) => {
        view.setDomain(view.defaultDomain);
        return view.setDomain(`user ${user.name}`);
      }),
  }),
});

/** Gives back what it never got. */
const careless = defineBus<'careless', { node: string }>({
  name: 'careless',
  source: 'nowhere',
  says: 'gives back twice',
  ...configureThenCheck(({ facts }) => ({ node: facts.node })),
  *dma_unconfigure(dev, kernel) {
    yield* kernel.driver.read(dev);
    yield* kernel.ownership.unuse(dev);
  },
  firmware: ({ facts }) => ({ node: facts.node }),
  isolation: () => [],
  example: (name) => ({ node: name }),
  recognise: () => undefined,
  managedDrivers: [],
  history: [],
});
const withCareless: Machine = {
  ...pair(),
  devices: [pair().devices[0]!, { ...pair().devices[1]!, bus: 'careless', facts: { node: 'B' } }],
};

/** Everybody who holds the group file goes on holding it when the last VFIO device has gone (5.19). */
const container = { ...v8.surroundings, vfio: { ...v8.surroundings.vfio, lastDevice: 'leaves' } as const };
const outliving = { ...v8, name: 'outliving', surroundings: container };

describe('each principle can be broken, and kept', () => {
  it.each<[string, ReadonlySet<string>, ReadonlySet<string>]>([
    ['P1', broken(pair(), under('domain-compare')), broken(pair(), linux61)],
    ['P2', broken(pair(), under('domain-compare')), broken(pair(), linux61)],
    ['P3', broken(iommufd, forgetful), broken(iommufd, under('6.12'))],
    ['P4', broken(late, under('v7')), broken(late, v8)],
    ['P5', broken(withCareless, linux61, [...buses, careless]), broken(pair(), linux61)],
    ['P6', broken(single(), v8), broken(single(), linux61)],
    ['P7', broken(crossBus({ joins: 'at first bind' }), under('v7')), broken(late, v8)],
    ['P8', broken(single(), throughDefault), broken(single(), linux61)],
    [
      'P9',
      broken(crossBus({ joins: 'at first bind' }), under('legacy')),
      broken(crossBus({ joins: 'at first bind' }), linux61),
    ],
    ['P10', broken(single(), v8), broken(single(), linux61)],
    ['P11', broken(single(), outliving), broken(single(), linux61)],
    ['P12', broken(crossBus({ joins: 'at first bind' }), under('v7')), broken(pair(), linux61)],
    ['P13', broken(single({ direct: true }), linux61), broken(single({ direct: true }), under('6.6'))],
    ['P14', broken(pair(), under('legacy')), broken(pair(), linux61)],
    [
      'P17',
      broken({ ...single(), iommu: 'later' }, under('6.6')),
      broken({ ...single(), iommu: 'later' }, under('6.12')),
    ],
    ['P19', broken({ ...single(), testRemove: true }, v8), broken({ ...single(), testRemove: true }, linux61)],
  ])('%s', (id, breaking, keeping) => {
    expect(breaking).toContain(id);
    expect(keeping).not.toContain(id);
  });

  it.each([
    ['a user who holds nothing has it open', { open: true }, ['A']],
    ['or its hardware is on his domain', { hw: 'user u0' }, ['A']],
    ['but not one who holds the group', { open: true, hw: 'user u0', held: 1 }, []],
    ['and not where no VFIO driver has registered it', { open: true, hw: 'user u0', registered: false }, []],
    ['whoever runs', { open: true, hw: 'user u0', driver: 'kernel-driver', running: true, registered: false }, []],
  ])('P12, as its sentence has it: %s', (_, said, devices) => {
    const { kernel } = assemble(pair(), v8, buses, { kind: 'open', inFlight: 1, menu: [] });
    const [group] = kernel.machine.groups;
    const is = { driver: 'vfio-pci', registered: true, ...said } as Readonly<Record<string, unknown>>;
    const named = new Map<Cell, string>(
      Object.entries({
        ...kernel.layout.device('A'),
        ...kernel.layout.file('u0', 'A'),
        ...kernel.layout.session('u0', group!),
      }).map(([name, cell]) => [cell as Cell, name]),
    );
    const get = <T>(cell: Cell<T>): T => {
      const name = named.get(cell as Cell) ?? '';
      return name in is ? (is[name] as T) : cell.initial;
    };
    const ghosts = ghostsOf(kernel, { get, set: () => {}, emit: () => {} }, group!);
    const claimBeforeUse = principles.find(({ id }) => id === 'P12')!;
    expect(claimBeforeUse.states!(ghosts).map(({ name }) => name)).toEqual(devices);
  });

  it('and all of them are here', () =>
    expect(principles.map(({ id }) => id).join(' ')).toBe('P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13 P14 P17 P19'));

  it('P4 and P5 do not apply to a strategy that keeps no count', () => {
    for (const { name } of strategies.filter(({ counts }) => !counts)) {
      expect(broken(pair(), under(name))).not.toContain('P4');
      expect(broken(pair(), under(name))).not.toContain('P5');
    }
  });
});
