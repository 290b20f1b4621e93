import { explore } from '@busward/explorer';
import {
  assemble,
  configureThenCheck,
  defineBus,
  defineStrategy,
  device,
  EBUSY,
  linux73,
  machine,
  menuOf,
  OK,
  PluginError,
  principles,
  type Bus,
  type BusDefinition,
  type Device,
  type Facts,
  type Strategy,
} from '@busward/core';
import { platform } from '@busward/platform';
import { describe, expect, it } from '@jest/globals';
import { containedBus, containedPrinciple, containedStrategy } from '../src/plugins/contained.ts';

/* Plugins that loop without a step, but not for the device that `defineBus` tries them with. */

/** A busy machine may take a function that ends this long. */
const LIMIT = 500;

const firmware = ({ name }: Device) => ({ node: `/${name}` });
const right: BusDefinition<'ring', Facts> = {
  name: 'ring',
  source: 'made up',
  says: 'a ring',
  ...configureThenCheck<'ring', Facts>(firmware),
  firmware,
  isolation: ({ name }) => [name],
  example: () => ({}),
  special: (names) => [names.map(() => ({}))],
  role: () => '',
  recognise: () => undefined,
  managedDrivers: [],
  refine: { says: 'nothing', of: (_, all) => all.filter((one) => one.bus === 'ring'), judge: () => OK },
  history: [
    {
      commit: '000000000065',
      title: 'ring',
      since: ['6.5'],
      says: 'it',
      ...configureThenCheck<'ring', Facts>(firmware),
    },
  ],
};

/** Never comes back for B, whatever is thrown at it. */
function spinAt(name: string | undefined): void {
  const lost = { name };
  while (lost.name === 'B')
    try {
      while (lost.name === 'B');
    } catch {
      // Goes on.
    }
}

const but = (edit: Partial<BusDefinition<'ring', Facts>>): Bus =>
  containedBus(defineBus<'ring', Facts>({ ...right, ...edit }) as Bus, LIMIT);

/** What becomes of two devices of the bus in one group, when anybody does anything. */
function tryOut(bus: Bus, strategy: Strategy = linux73): void {
  const devices = ['A', 'B'].map((name) => device(bus, name, { group: 'g' }));
  const of = machine('two', { devices });
  explore(assemble(of, strategy, [bus], { kind: 'open', inFlight: 1, menu: menuOf(of) }), []);
}

const never = (what: string): string => `${what} never ends: it was stopped after 0.5 s; a loop in it has to end`;

describe('a function that loops for the second device only is stopped, and named', () => {
  it('is as it was when nothing loops', () => expect(() => tryOut(but({}))).not.toThrow());
  it.each<[string, Partial<BusDefinition<'ring', Facts>>, (bus: Bus) => unknown]>([
    [
      'dma_configure for B',
      {
        *dma_configure(one, kernel) {
          const verdict = yield* right.dma_configure(one, kernel);
          if (verdict === EBUSY) spinAt(one.name);
          return verdict;
        },
      },
      tryOut,
    ],
    [
      'dma_unconfigure for B',
      {
        *dma_unconfigure(one, kernel) {
          yield* right.dma_unconfigure(one, kernel);
          spinAt(one.name);
        },
      },
      tryOut,
    ],
    ['refine, judge for B', { refine: { ...right.refine!, judge: (one) => (spinAt(one.name), OK) } }, tryOut],
    ['isolation for B', { isolation: ({ name }) => (spinAt(name), []) }, (bus) => bus.isolation(at(bus, 'B'))],
  ])('%s', (what, edit, meet) => expect(() => meet(but(edit))).toThrow(never(`bus 'ring', ${what}`)));

  it('whatever function of a bus it is', () => {
    const bus = defineBus<'ring', Facts>(right) as Bus;
    const functions = (of: object) => Object.entries(of).filter(([, part]) => typeof part === 'function');
    for (const [theirs, ours] of [
      [bus, containedBus(bus)],
      [bus.refine!, containedBus(bus).refine!],
    ] as const) {
      expect(functions(ours).map(([part]) => part)).toEqual(functions(theirs).map(([part]) => part));
      for (const [part, call] of functions(theirs)) expect(ours).not.toHaveProperty(part, call);
    }
  });

  it('in a revision of its history', () => {
    const [first] = right.history;
    const hooks = {
      *dma_unconfigure({ name }: Device) {
        spinAt(name);
      },
    };
    const bus = but({ history: [{ ...first!, ...hooks }] });
    expect(bus.at('6.5')).toBe(bus.at('6.5'));
    expect(() => tryOut(bus.at('6.5'))).toThrow(never(`bus 'ring', dma_unconfigure for B`));
  });

  it('before defineBus has seen it', () => {
    const example = () => (spinAt('B'), {});
    expect(() => defineBus(containedBus({ ...right, example } as unknown as Bus, LIMIT))).toThrow(
      never(`bus 'ring', example for a device`),
    );
  });

  it('a verb of a strategy, and not the hook that called it', () => {
    const lost = defineStrategy({
      ...linux73,
      name: 'lost',
      ownership: (section, bus) => {
        const own = linux73.ownership(section, bus);
        return { ...own, use: (one) => (spinAt(one.name), own.use(one)) };
      },
    });
    expect(() => tryOut(but({}), containedStrategy(lost, LIMIT))).toThrow(never(`strategy 'lost', use for B`));
  });

  it('a section of a strategy', () => {
    const lost = defineStrategy({
      ...linux73,
      name: 'lost',
      ownership: (section, bus) => ({
        ...linux73.ownership(section, bus),
        unuse: (one) => section(one, 'give back', [OK], () => (spinAt(one.name), OK)),
      }),
    });
    expect(() => tryOut(but({}), containedStrategy(lost, LIMIT))).toThrow(
      never(`strategy 'lost', section give back for g`),
    );
  });

  it('a principle', () => {
    const { states } = containedPrinciple({ ...principles[0]!, states: () => (spinAt('B'), []) }, LIMIT);
    expect(() => states!({} as never)).toThrow(never(`principle 'P1', states`));
  });
  it('a principle that asks for what there is not, by its name', () => {
    const asking = {
      ...principles[0]!,
      states: () => {
        throw new PluginError("the judge's view of g has no 'owners'");
      },
    };
    expect(() => containedPrinciple(asking, LIMIT).states!({} as never)).toThrow(
      "principle 'P1', states: the judge's view of g has no 'owners'",
    );
  });
});

describe('a function that returns something else for the second device', () => {
  it.each<[string, Partial<Record<keyof BusDefinition<'ring', Facts>, unknown>>, (bus: Bus) => unknown]>([
    ['isolation for B: returned 7; return a list', { isolation: odd([]) }, (bus) => bus.isolation(at(bus, 'B'))],
    ['firmware for B: returned 7; return { node', { firmware: odd(undefined) }, (bus) => bus.firmware(at(bus, 'B'))],
    ['example for B: returned 7; return an object', { example: odd({}) }, (bus) => bus.example('B')],
  ])('%s', (message, edit, meet) =>
    expect(() => meet(but(edit as Partial<BusDefinition<'ring', Facts>>))).toThrow(`bus 'ring', ${message}`),
  );

  function odd(usual: unknown) {
    return (given: Device | string) => ((typeof given === 'string' ? given : given.name) === 'B' ? 7 : usual);
  }
});

describe('a function that throws for the second device only', () => {
  const hook = (): Partial<BusDefinition<'ring', Facts>> => ({
    *dma_configure(one, kernel) {
      const verdict = yield* right.dma_configure(one, kernel);
      if (verdict === EBUSY && one.name === 'B') throw new Error('lost');
      return verdict;
    },
  });
  const throwing = (threw: string): Strategy =>
    defineStrategy({
      ...linux73,
      name: 'throwing',
      ownership: (section, bus) => ({
        ...linux73.ownership(section, bus),
        *use(one) {
          const verdict = yield* section(one, 'use', [OK, EBUSY], () => OK);
          if (verdict === threw) throw new Error('lost');
          return verdict;
        },
      }),
    });

  it('is named, and not the strategy that it ran under', () =>
    expect(() => tryOut(but(hook()))).toThrow(/^bus 'ring', dma_configure for B: threw 'lost'$/));
  it('is the strategy, where that was called by a hook', () =>
    expect(() => tryOut(but({}), containedStrategy(throwing(OK), LIMIT))).toThrow(
      /^strategy 'throwing', bind A to kernel-driver: threw 'lost'/,
    ));
  it('is nothing where a strategy throws and nobody gets there', () =>
    expect(() => tryOut(but({}), containedStrategy(throwing(EBUSY), LIMIT))).not.toThrow());
});

const at = (bus: Bus, name: string): Device => ({ ...device(platform, name), bus: bus.name });
