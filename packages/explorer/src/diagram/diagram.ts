import { count, thousands, type Principle } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import type { Judges } from '../judging/judges.ts';
import type { Ending } from '../search/ended.ts';
import { nearestFirst, type Violation } from '../search/explore.ts';
import { walker } from '../search/walk.ts';
import type { Watched } from '../search/watched.ts';
import { PAUSE, stepsOn, type Workshop } from './apply.ts';
import { END, forest as newForest, put, draft } from './forest.ts';
import { newIn } from './learn.ts';
import { levelsOf } from './levels.ts';
import { pathTo } from './path.ts';
import { relationOf } from './relation.ts';
import { rulesOf } from './rules.ts';
import { sourcesOf, type Source } from './sources.ts';
import { countOf } from './states.ts';
import { breachesIn, trialsOf, type Breach, type Trial } from './trials.ts';
import { valuesOf } from './values.ts';

export interface DiagramResult extends Ending {
  /** Exactly how many states are reachable; if it was stopped, how many there are at least. */
  readonly count: bigint;
  /** Each principle and device once, by a shortest way, nearest first; if it was stopped, those that it had come to. */
  readonly violations: readonly Violation[];
  readonly nodes: number;
  readonly bytes: number;
}

/** Nodes of diagrams, at most. */
const MOST_NODES = 20_000_000;
/** Values of which it was seen where a rule leads them, at most; and bytes that each takes, as measured. */
const MOST_LED = 20_000_000;
const OF_EACH = 80;
/** Results between two reports. */
const WORK = 5_000;
const WALK = 1_500;
const WALK_ON = 20;

/**
 * Everything that {@link exploring} finds but transitions, without visiting states one by one. Throws a PluginError when a
 * plugin's program throws in a state that is reached.
 */
export function* exploringByDiagram(compiled: Compiled, judges: Judges, maxNodes = MOST_NODES): Watched<DiagramResult> {
  const sources = sourcesOf(compiled);
  const walk = walker(compiled, judges);
  walk(compiled.initial, WALK);
  const levels = levelsOf(compiled);
  const values = valuesOf(compiled, levels);
  const forest = newForest();
  const rules = rulesOf(values);
  const relation = relationOf(compiled, levels, rules);
  const unknown = new Set<Source>();
  const layers: number[] = [];
  const heard = (end: number): void => {
    const source = relation.unknownOf(end);
    if (source) unknown.add(source);
  };
  const steps = stepsOn({ compiled, forest, values, rules, relation }, heard, WORK);
  const workshop: Workshop = { compiled, forest, values, rules, relation, steps };
  // How many situations of a source are in the relation.
  const refreshed = new Map<Source, number>();
  sources.forEach(refresh);

  const start = values.ofRow(compiled.initial).reduce((below, value) => only(value, below), END);
  let reached = start;
  let stop: string | undefined;
  const bytes = (): number => forest.bytes + steps.bytes + rules.size * OF_EACH;
  for (;;) {
    const closed = yield* working(() => steps.closure(reached));
    if (closed === undefined) return result([]);
    reached = closed;
    const known = reached;
    const learned = yield* working(() => learn(known));
    if (learned === undefined) return result([]);
    if (!learned) break;
    steps.forget();
  }

  const trials = yield* working(() => trialsOf(workshop, judges, sources, reached));
  if (!trials) return result([]);
  const live = reached;
  const dead = yield* working(() => steps.apply(live, trials.crashes));
  if (dead === undefined) return result([]);
  reached = forest.union(live, dead);
  const wanted = new Set<string>();
  const suspects = new Set<Trial>();
  for (const trial of trials.all) {
    const breaches = yield* working(() =>
      breachesIn(workshop, judges, trial.kind === 'state' ? reached : live, trial, () => true),
    );
    if (!breaches) return result([]);
    if (breaches.length > 0) suspects.add(trial);
    for (const breach of breaches) wanted.add(nameOf(breach));
  }

  const found: Violation[] = [];
  let seen = start;
  let layer = start;
  // States as far away as those of the layer in which the machine has stopped.
  let stopped = 0;
  while (wanted.size > 0) {
    if (layer === 0 && stopped === 0) throw new Error('the diagram has lost a state: this is a bug in the explorer');
    for (const trial of suspects) {
      const set = trial.kind === 'state' ? forest.union(layer, stopped) : layer;
      const isOpen = (principle: Principle, device: string): boolean => wanted.has(nameOf({ principle, device }));
      const breaches = yield* working(() => breachesIn(workshop, judges, set, trial, isOpen));
      if (!breaches) return result(found);
      for (const breach of breaches) {
        const { principle, device } = breach;
        wanted.delete(nameOf(breach));
        found.push({ principle, device, path: pathTo(workshop, layers, trials.crashes, trial, breach) });
      }
    }
    layers.push(layer);
    const from = layer;
    const next = yield* working(() => steps.image(from));
    const crashed = yield* working(() => steps.apply(from, trials.crashes));
    if (next === undefined || crashed === undefined) return result(found);
    layer = forest.minus(next, seen);
    stopped = crashed;
    seen = forest.union(seen, layer);
  }
  return result(found, trials.overflow);

  function result(violations: readonly Violation[], overflow?: string): DiagramResult {
    return {
      count: countStates(),
      violations: nearestFirst(violations),
      ended: stop === undefined ? { kind: 'all seen' } : { kind: 'stopped', by: stop },
      ...(overflow !== undefined && { overflow }),
      nodes: forest.size,
      bytes: bytes(),
    };
  }

  /** Slots that are told apart: every way to deal the places out to them is a state, if all of them started alike. */
  function countStates(): bigint {
    const { symmetric, slots, initial, cells } = compiled;
    const alike = new Set(initial.subarray(cells.length)).size < 2;
    if (symmetric || !alike) return countOf(workshop, reached);
    const unit = factorial(slots);
    return countOf(workshop, reached, { unit, of: (places) => unit / orders(places) });
  }

  function only(value: number, below: number): number {
    const one = draft();
    put(one, value, below);
    return forest.make(one);
  }

  /** Does a piece of work, with pauses; `undefined`: it has to stop. */
  function* working<T>(work: () => T): Watched<T | undefined> {
    for (;;) {
      stop = yield { states: forest.size, transitions: 0, depth: layers.length, bytes: bytes() };
      if (forest.size > maxNodes) stop ??= `after ${count(maxNodes, 'node')}`;
      if (rules.size > MOST_LED) stop ??= `after rules were followed ${thousands(MOST_LED)} times`;
      if (stop !== undefined) return undefined;
      try {
        return work();
      } catch (error) {
        if (error !== PAUSE) throw error;
      }
    }
  }

  /** Asks the tables of what has come up in `set` for the first time, and walks on from there; whether there was any. */
  function learn(set: number): boolean {
    for (const source of unknown) for (const row of newIn(workshop, set, source)) walk(row, WALK_ON);
    unknown.clear();
    const learned = sources.filter((source) => situations(source) > refreshed.get(source)!);
    learned.forEach(refresh);
    return learned.length > 0;
  }

  function refresh(source: Source): void {
    refreshed.set(source, situations(source));
    relation.refresh(source);
  }
}

const situations = ({ start, step }: Source): number =>
  (start?.possible.learned().length ?? 0) + step.table.learned().length;
const nameOf = ({ principle, device }: Pick<Breach, 'principle' | 'device'>): string => `${principle.id} ${device}`;

const factorial = (n: number): bigint => (n < 2 ? 1n : BigInt(n) * factorial(n - 1));

/** In how many orders the same places look the same. */
const orders = (places: readonly number[]): bigint =>
  [...new Set(places)].reduce((all, place) => all * factorial(places.filter((one) => one === place).length), 1n);
