import { assemble, device, machine, menuOf, principles } from '@busward/core';
import {
  compile,
  engines,
  finished,
  type Compiled,
  type Decided,
  type Engine,
  type SearchProgress,
  type Watched,
} from '@busward/explorer';
import { pci } from '@busward/pci';
import { describe, expect, it } from '@jest/globals';
import { planner } from '../src/search/planner.ts';
import { lookingAtMost } from '../src/devices/at-most.ts';
import { isComplete } from '../src/search/ended.ts';
import { under } from './machines.ts';

const alike = (names: readonly string[], inFlight: number): Compiled => {
  const of = machine(names.join(), { devices: names.map((name) => device(pci, name, { group: 'g' })) });
  return compile(assemble(of, under('v8'), [pci], { kind: 'open', inFlight, menu: menuOf(of) }));
};
const compiled = alike(['A', 'B'], 2);
const [, explicit, diagram] = engines as readonly [Engine, Engine, Engine];
const ask = (engine: Engine, on = compiled): Decided => finished(engine.explore(on, principles, { maxStates: 1e6 }));

/** Says that it has that many states, until it is stopped, or has said so often enough. */
const endless = (states: number, rounds = Infinity, waiting = states): Engine => ({
  name: 'endless',
  says: '',
  *explore() {
    const far: SearchProgress = { states, transitions: 0, depth: 0, bytes: 0, waiting };
    let by = 'at its own limit';
    for (let round = 0; round < rounds; round++) {
      const stop = yield far;
      if (stop === undefined) continue;
      by = stop;
      break;
    }
    return { states, ended: { kind: 'stopped', by }, violations: [] };
  },
});

/** Comes to a limit of its own. */
const lookingUntilStopped: typeof lookingAtMost = function* () {
  yield { states: 100_000, transitions: 0, depth: 0, bytes: 0 };
  return undefined;
};

describe('the planner', () => {
  const lengths = ({ violations }: Decided): readonly string[] =>
    violations.map(({ principle, device: by, path }) => `${principle.id} ${by} ${path.length}`).toSorted();

  it('visits what is small, and says what a diagram says', () => {
    const planned = ask(engines[0]!);
    expect(planned.counted).toBeUndefined();
    expect([planned.states, lengths(planned)]).toEqual([ask(diagram).states, lengths(ask(diagram))]);
  });

  it('counts what a search does not get through, on tables that saw all of it', () => {
    const planned = ask(planner(endless(1_000_000), diagram));
    expect(planned.counted).toBe(BigInt(ask(explicit).states));
    expect(planned.on?.nodes).toHaveLength(compiled.nodes.length);
    expect(lengths(planned)).toEqual(lengths(ask(explicit)));
  });

  it('has a way to say the same of all states but for which of like devices is where, which ends undecided when it is stopped', () => {
    const four = alike(['A', 'B', 'C', 'D'], 1);
    const exchanging = (): ReturnType<NonNullable<Engine['exchanging']>> =>
      engines[0]!.exchanging!(four, principles, { maxStates: 1e6 }, () => undefined);
    const exchanged = finished(exchanging())!;
    expect([isComplete(exchanged), exchanged.exchanged === undefined]).toEqual([true, false]);
    expect(exchanged.states).toBeLessThan(ask(explicit, four).states);
    expect(lengths(exchanged)).toEqual(lengths(ask(explicit, four)));
    const search = exchanging();
    for (let round = 0; round < 2; round++) expect(search.next().done).toBe(false);
    expect(search.next('by Ctrl-C')).toMatchObject({
      done: true,
      value: { ended: { kind: 'stopped', by: 'by Ctrl-C' } },
    });
  });

  it('ends what it gives up, which has memory to give back', () => {
    const ended: string[] = [];
    const noting = function* <T>(what: string, running: Watched<T>): Watched<T> {
      try {
        return yield* running;
      } finally {
        ended.push(what);
      }
    };
    const search: Engine = {
      ...explicit,
      explore: (...asked) => noting('visiting', endless(1_000_000).explore(...asked)),
    };
    // That is begun, and goes on for ever.
    const looking: typeof lookingAtMost = () =>
      noting(
        'at most',
        (function* () {
          for (;;) yield { states: 1_000_000, transitions: 0, depth: 0, bytes: 0 };
        })(),
      );
    expect(ask(planner(search, diagram, looking)).counted).toBe(BigInt(ask(explicit).states));
    expect(ended).toEqual(['at most', 'visiting']);
    const left = planner(search, endless(0), looking).explore(compiled, principles, { maxStates: 1e6 });
    for (let round = 0; round < 5; round++) left.next();
    left.return(undefined as never);
    expect(ended.slice(2)).toEqual(['at most', 'visiting']);
  });

  it('does not count where a search has the end in sight, unless it has come far', () => {
    const planned = (states: number, rounds: number): Decided =>
      ask(planner(endless(states, rounds, states / 10), diagram));
    expect(planned(1_000_000, 500)).toMatchObject({
      states: 1_000_000,
      ended: { kind: 'stopped', by: 'at its own limit' },
    });
    expect(planned(3_000_000, Infinity).counted).toBe(BigInt(ask(explicit).states));
  });

  it('goes on visiting where the diagram comes to a limit of its own', () => {
    const slow = endless(1_000_000, 5);
    expect(ask(planner(slow, endless(0, 1)))).toMatchObject({ ended: { kind: 'stopped', by: 'at its own limit' } });
  });

  it('is done when all that can be broken at most was found, and else goes on', () => {
    const four = alike(['A', 'B', 'C', 'D'], 2);
    const all = ask(explicit, four);
    // As if there came to be more and more of them.
    const growing: Engine = {
      ...explicit,
      *explore(...asked) {
        for (let round = 0; round < 3; round++) yield { states: 100_000, transitions: 0, depth: 0, bytes: 0 };
        return yield* explicit.explore(...asked);
      },
    };
    const looked = (atMost: typeof lookingAtMost): Decided =>
      ask(planner(growing, endless(0), atMost), alike(['A', 'B', 'C', 'D'], 2));
    const planned = looked(lookingAtMost);
    expect([planned.ended.kind, planned.exchanged?.searched.length]).toEqual(['nothing else can break', 2]);
    expect(lengths(planned)).toEqual(lengths(all));
    const another = looked(function* (...asked) {
      const found = yield* lookingAtMost(...asked);
      const [first] = found!.broken;
      const principle = principles.find(({ id }) => !found!.broken.some((one) => one.principle.id === id))!;
      return { ...found!, broken: [...found!.broken, { ...first!, principle }] };
    });
    // Few were looked at, too, for what cannot be found.
    expect([another.ended.kind, another.exchanged, another.amongFew]).toEqual(['all seen', undefined, undefined]);
    expect(another.states).toBeGreaterThan(all.states);
    expect(lengths(another)).toEqual(lengths(all));
    expect(looked(lookingUntilStopped)).toMatchObject({ states: all.states, ended: { kind: 'all seen' } });
  });

  it('does not ask for that where nothing is to be left out', () => {
    let asked = 0;
    const counting: typeof lookingAtMost = (...system) => {
      asked++;
      return lookingUntilStopped(...system);
    };
    const planned = planner(endless(200_000, 5), endless(0), counting);
    for (const one of [planned, planned.unreduced!]) {
      expect(ask(one)).toMatchObject({ states: 200_000, ended: { kind: 'stopped', by: 'at its own limit' } });
      expect(asked).toBe(1);
    }
  });

  it('ends undecided, and says so, when what is broken is enough; ways are what they are', () => {
    const four = alike(['A', 'B', 'C', 'D'], 2);
    const all = lengths(ask(explicit, four));
    const some = finished(
      explicit.explore(four, principles, { maxStates: 1e6 }, (broken) => (broken.length > 0 ? 'all' : undefined)),
    );
    expect(some.ended).toEqual({ kind: 'enough', found: 'all' });
    expect(isComplete(some)).toBe(false);
    expect(some.states).toBeLessThan(ask(explicit, four).states);
    expect(lengths(some).length).toBeGreaterThan(0);
    expect(all).toEqual(expect.arrayContaining([...lengths(some)]));
  });

  it('ends undecided when it is stopped', () => {
    const search = planner(endless(1_000_000), endless(0)).explore(compiled, principles, { maxStates: 1e6 });
    for (let round = 0; round < 5; round++) expect(search.next().done).toBe(false);
    expect(search.next('by Ctrl-C')).toMatchObject({
      done: true,
      value: { ended: { kind: 'stopped', by: 'by Ctrl-C' } },
    });
  });
});
