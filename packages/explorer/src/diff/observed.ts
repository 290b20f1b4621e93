import type { Compiled } from '../compile.ts';
import { forEachMove, throwUnlessOutOfRange } from '../moves.ts';
import type { Row } from '../table.ts';
import { INTERNAL, type Labels } from './labels.ts';
import type { Lens } from './lens.ts';

/** A system as somebody outside sees it, made as far as it is asked for. State 0 is the first. */
export interface Observed {
  readonly compiled: Compiled;
  readonly lens: Lens;
  /** Label, state, label, state, ...: the steps out of a state, in the order of {@link forEachMove}, failed ones included. */
  steps(state: number): readonly number[];
  /** What the state shows, part by part. */
  shows(state: number): readonly string[];
  /** The cells and slots of a state; nothing for what comes after a count has left its range. */
  row(state: number): Row | undefined;
  /** States made so far. */
  size(): number;
}

/** Observes a system with calls apart. Nothing comes after a crash, nor after a count that left its range. */
export function observe(compiled: Compiled, labels: Labels, lens: Lens): Observed {
  const views = interned();
  const numbers = new Map<string, number>();
  const rows: Row[] = [];
  const viewOf: number[] = [];
  const ended = new Set<number>();
  const stepsOf: (readonly number[] | undefined)[] = [];
  const row = new Uint16Array(compiled.initial.length);
  numberOf(compiled.initial);

  return {
    compiled,
    lens,
    steps: (state) => (stepsOf[state] ??= find(state)),
    shows: (state) => views.at(viewOf[state]!),
    row: (state) => (state === numbers.get(THE_END) ? undefined : rows[state]),
    size: () => rows.length,
  };

  function find(state: number): readonly number[] {
    const steps: number[] = [];
    if (ended.has(state)) return steps;
    row.set(rows[state]!);
    forEachMove(compiled, row, (move) => {
      if (move.failure) throwUnlessOutOfRange(compiled, move, move.failure);
      const to = move.failure ? theEnd() : numberOf(row);
      if (move.crashed) ended.add(to);
      const label = lens.labelOf(move, row, views.at(viewOf[state]!), views.at(viewOf[to]!));
      steps.push(label ? labels.numberOf(label) : INTERNAL, to);
    });
    return steps;
  }

  /** The state after a count has left its range: it shows nothing. */
  function theEnd(): number {
    const known = numbers.get(THE_END);
    if (known !== undefined) return known;
    numbers.set(THE_END, rows.length);
    ended.add(rows.length);
    viewOf.push(views.of([]));
    return rows.push(compiled.initial) - 1;
  }

  function numberOf(of: Row): number {
    const key = String.fromCharCode(...of);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, rows.length);
    viewOf.push(views.of(lens.shows(of)));
    return rows.push(of.slice()) - 1;
  }
}

const THE_END = 'the end';

/** Lists of texts, each with a number. */
function interned(): { of(texts: readonly string[]): number; at(number: number): readonly string[] } {
  const all: (readonly string[])[] = [];
  const numbers = new Map<string, number>();
  return {
    of(texts) {
      const key = texts.join('\n');
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, all.length);
      return all.push(texts) - 1;
    },
    at: (number) => all[number]!,
  };
}
