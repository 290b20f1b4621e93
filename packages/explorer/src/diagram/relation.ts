import type { Cell } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import type { Entry } from '../tables/table.ts';
import { DONE, type Case, type Rules } from './rules.ts';
import { isValue, leavesOf, type Asked } from './leaves.ts';
import type { Levels } from './levels.ts';
import type { Source } from './sources.ts';

/** Every step that the tables know of, as rules, and every way through a table that nobody knows yet. */
export interface Relation {
  /** Where the steps lead whose highest level this is, from a value of it: value, rule, value, rule, ... */
  steps(level: number, value: number): readonly number[];
  /** Brings the steps of a source up to what its tables know. */
  refresh(source: Source): void;
  /** The source that has come to a situation which its tables do not know, where a rule ends so. */
  unknownOf(end: number): Source | undefined;
}

/** A step in one situation; without an entry nobody knows yet. */
export interface Option extends Asked {
  readonly entry: Entry<number> | undefined;
}

/** Whether a state comes after this: it does not wait, fail, or stop the machine. */
function goesOn({ step }: Source, { result, failure, events }: Entry<number>): boolean {
  return result !== -1 && !failure && !step.next[result]?.error && !events.some(({ kind }) => kind === 'crashed');
}

/** The option as a case that ends so: DONE, if it is a step. After a step without outcomes the slot stays. */
export function caseOf({ from, step }: Source, { reads, values, entry }: Option, end: number): Case {
  const enters = (entry && step.next[entry.result]?.to) ?? from;
  return { reads, values, writes: entry?.writes ?? [], leaves: from, enters, end };
}

export function relationOf({ cells }: Compiled, levels: Levels, rules: Rules): Relation {
  const heights = levels.cells.map((_, level) => level);
  const tops = heights.map(() => new Map<Source, number>());
  const unknown = new Map<number, Source>();
  const ends = new Map<Source, number>();
  let steps: (readonly number[])[][] = heights.map(() => []);
  return {
    steps: (level, value) =>
      (steps[level]![value] ??= [...tops[level]!.values()].flatMap((rule) => rules.after(rule, value))),
    refresh(source) {
      const end = ends.get(source) ?? rules.end();
      ends.set(source, end);
      unknown.set(end, source);
      const options = optionsOf(source, cells);
      const cases = options.flatMap((option) =>
        option.entry && !goesOn(source, option.entry) ? [] : [caseOf(source, option, option.entry ? DONE : end)],
      );
      const byTop = heights.map((): Case[] => []);
      for (const one of cases) byTop[topOf(one)]!.push(one);
      byTop.forEach((some, level) => {
        if (some.length > 0) tops[level]!.set(source, rules.any(some));
        else tops[level]!.delete(source);
      });
      steps = heights.map(() => []);
    },
    unknownOf: (end) => unknown.get(end),
  };

  function topOf({ reads, writes, leaves, enters }: Case): number {
    let top = Math.max(levels.ofNode[leaves]!, levels.ofNode[enters]!);
    for (const id of reads) top = Math.max(top, levels.ofCell[id]!);
    for (let at = 0; at < writes.length; at += 2) top = Math.max(top, levels.ofCell[writes[at]!]!);
    return top;
  }
}

/** The situations of a source: of its step and, if it starts an operation, those in which that is possible. */
export function optionsOf({ start, step }: Source, cells: readonly Cell[]): readonly Option[] {
  const steps = leavesOf(step.table, cells).map(({ reads, values, situation }) => ({
    reads,
    values,
    entry: situation?.entry,
  }));
  if (!start) return steps;
  return leavesOf(start.possible, cells).flatMap(({ reads, values, situation }): readonly Option[] => {
    if (!situation) return [{ reads, values, entry: undefined }];
    if (!situation.entry.result) return [];
    // A situation that came up: each cell has one value.
    const guard = new Map(reads.map((id, at) => [id, values[at] as number]));
    return steps
      .filter((option) => option.reads.every((id, at) => !guard.has(id) || isValue(option.values[at]!, guard.get(id)!)))
      .map((option) => {
        const more = reads.flatMap((id, at) => (option.reads.includes(id) ? [] : [at]));
        return {
          reads: [...option.reads, ...more.map((at) => reads[at]!)],
          values: [
            ...option.values.map((value, at) => guard.get(option.reads[at]!) ?? value),
            ...more.map((at) => values[at]!),
          ],
          entry: option.entry,
        };
      });
  });
}
