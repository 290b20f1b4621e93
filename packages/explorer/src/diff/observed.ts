import { ANSWER, CALL, describeOperation, observationOf, OutOfRange, type Operation } from '@busward/core';
import type { Compiled } from '../compile.ts';
import { forEachMove, throwUnlessOutOfRange, type Move } from '../moves.ts';
import { tabulate, type Row } from '../table.ts';
import { answerOf, callOf, INTERNAL, type Label, type Labels } from './labels.ts';

/** A system as somebody outside sees it, made as far as it is asked for. State 0 is the first. */
export interface Observed {
  readonly compiled: Compiled;
  /** What the state shows, part by part. */
  shows(state: number): readonly string[];
  /** Label, state, label, state, ...: the steps out of a state, in the order of {@link forEachMove}, failed ones included. */
  steps(state: number): readonly number[];
  /** States made so far. */
  size(): number;
}

/**
 * Observes a system with calls apart. Seen are calls, answers, changes of what {@link observationOf} shows, a crash, and a
 * count that leaves its range; nothing comes after the last two.
 */
export function observe(compiled: Compiled, labels: Labels): Observed {
  const { system, cells, initial } = compiled;
  const parts = observationOf(system.kernel).map(({ what, touches, in: shown }) => ({
    what,
    table: tabulate(`what ${what} shows`, cells, touches, shown),
  }));
  const views = interned();
  const numbers = new Map<string, number>();
  const rows: Row[] = [];
  const viewOf: number[] = [];
  const ended = new Set<number>();
  const stepsOf: (readonly number[] | undefined)[] = [];
  const row = new Uint16Array(initial.length);
  number(initial);

  return {
    compiled,
    shows: (state) => views.at(viewOf[state]!),
    steps: (state) => (stepsOf[state] ??= find(state)),
    size: () => rows.length,
  };

  function find(state: number): readonly number[] {
    const steps: number[] = [];
    if (ended.has(state)) return steps;
    row.set(rows[state]!);
    forEachMove(compiled, row, (move) => {
      if (move.failure) throwUnlessOutOfRange(compiled, move, move.failure);
      const to = move.failure ? theEnd() : number(row);
      if (move.crashed) ended.add(to);
      const label = labelOf(move, viewOf[state]!, viewOf[to]!);
      steps.push(label ? labels.numberOf(label) : INTERNAL, to);
    });
    return steps;
  }

  /** The state after a count has left its range: it shows nothing, and nothing comes after it. */
  function theEnd(): number {
    const key = 'the end';
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, rows.length);
    ended.add(rows.length);
    viewOf.push(views.of([]));
    return rows.push(initial) - 1;
  }

  function number(of: Row): number {
    const key = String.fromCharCode(...of);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, rows.length);
    viewOf.push(views.of(parts.map(({ what, table }) => `${what}: ${table.at(of).result}`)));
    return rows.push(of.slice()) - 1;
  }

  function labelOf({ at, outcome, crashed, failure }: Move, before: number, after: number): Label | undefined {
    const { operation, name } = at;
    if (crashed) return end(operation, 'crash');
    if (failure) return end(operation, failure instanceof OutOfRange ? `${failure.cell.name} out of range` : '');
    if (name === CALL) return callOf(operation);
    if (name === ANSWER) return answerOf(operation, at.next[outcome]!.result!);
    if (before === after) return undefined;
    const old = views.at(before);
    return { kind: 'change', text: views.at(after).filter((text, part) => text !== old[part]).join(', ') };
  }
}

const end = (operation: Operation, how: string): Label => ({
  kind: 'end',
  text: `${describeOperation(operation)} = ${how}`,
  operation,
});

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
