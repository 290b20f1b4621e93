import type { Compiled } from '../tables/compile.ts';
import { forEachMove, throwUnlessOutOfRange } from '../tables/moves.ts';
import { stateSet } from '../search/state-set.ts';
import type { Row } from '../tables/table.ts';
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
  const { cells, nodes, slots, initial, bits } = compiled;
  const views = interned();
  // One place more than there are: nobody is anywhere any more after a count has left its range.
  const placeBits = Math.ceil(Math.log2(nodes.length + 1));
  const rows = stateSet([...bits.slice(0, cells.length), ...Array.from({ length: slots }, () => placeBits)], slots);
  const atTheEnd = initial.slice().fill(nodes.length, cells.length);
  const viewOf: number[] = [];
  const ended = new Set<number>();
  const stepsOf: (readonly number[] | undefined)[] = [];
  const row = initial.slice();
  let end: number | undefined;
  numberOf(initial);

  return {
    compiled,
    lens,
    steps: (state) => (stepsOf[state] ??= find(state)),
    shows: (state) => views.at(viewOf[state]!),
    row: (state) => (state === end ? undefined : rows.read(state, initial.slice())),
    size: () => rows.size,
  };

  function find(state: number): readonly number[] {
    const steps: number[] = [];
    if (ended.has(state)) return steps;
    rows.read(state, row);
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
    if (end !== undefined) return end;
    end = rows.numberOf(atTheEnd);
    ended.add(end);
    viewOf[end] = views.of([]);
    return end;
  }

  function numberOf(of: Row): number {
    const number = rows.numberOf(of);
    viewOf[number] ??= views.of(lens.shows(of));
    return number;
  }
}

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
