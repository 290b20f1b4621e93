import type { Cell } from '@busward/core';
import type { Compiled } from '../compile.ts';
import type { Entry } from '../table.ts';
import { DONE, type Chains } from './chains.ts';
import { leavesOf } from './leaves.ts';
import type { Source } from './sources.ts';

/** Every step that the tables know of, as chains, and every way through a table that nobody knows yet. */
export interface Relation {
  /** Where the steps lead whose highest level this is, from a value of it: value, set, value, set, ... */
  steps(level: number, value: number): readonly number[];
  /** Brings the steps of a source up to what its tables know. */
  refresh(source: Source): void;
  /** The source that knows nothing yet of where this end stands; `undefined` for other ends. */
  unknownOf(end: number): Source | undefined;
  /** Chains to what is not known of a source. */
  unknowns(source: Source): number;
}

/** A step in one situation. */
export interface Option {
  readonly reads: readonly number[];
  readonly values: readonly number[];
  /** `undefined`: nobody knows yet. */
  readonly entry: Entry<number> | undefined;
}

/** Whether a state comes after this: it does not wait, fail, or stop the machine. */
export function goesOn({ step }: Source, { result, failure, events }: Entry<number>): boolean {
  return result >= 0 && !failure && !step.next[result]?.error && !events.some(({ kind }) => kind === 'crashed');
}

/** Where the slot is afterwards; after a step without outcomes it stays. */
export const afterwards = ({ from, step }: Source, { result }: Entry<number>): number => step.next[result]?.to ?? from;

export function relationOf({ cells }: Compiled, chains: Chains, levels: number): Relation {
  const sets: Map<Source, number>[] = Array.from({ length: levels }, () => new Map());
  const unknown = new Map<Source, number>();
  const sources = new Map<number, Source>();
  let steps: (readonly number[])[][] = sets.map(() => []);
  return {
    steps: (level, value) =>
      (steps[level]![value] ??= [...sets[level]!.values()].flatMap((set) => chains.after(set, level, value))),
    refresh(source) {
      const all = optionsOf(source, cells).flatMap((option): readonly number[] => {
        const { reads, values, entry } = option;
        if (entry && !goesOn(source, entry)) return [];
        const last = entry ? DONE : chains.end();
        if (!entry) sources.set(last, source);
        const to = entry ? afterwards(source, entry) : source.from;
        return [chains.add({ reads, values, writes: entry?.writes ?? [], leaves: source.from, enters: to }, last)];
      });
      steps = sets.map(() => []);
      sets.forEach((some, level) => {
        const here = all.filter((chain) => chains.levelOf(chain) === level);
        if (here.length > 0) some.set(source, chains.set(here));
        else some.delete(source);
      });
      unknown.set(source, chains.set(all.filter((chain) => sources.get(chains.endOf(chain)) === source)));
    },
    unknownOf: (end) => sources.get(end),
    unknowns: (source) => unknown.get(source)!,
  };
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
    const guard = new Map(reads.map((id, at) => [id, values[at]!]));
    return steps
      .filter((option) => option.reads.every((id, at) => (guard.get(id) ?? option.values[at]) === option.values[at]))
      .map((option) => {
        const more = reads.flatMap((id, at) => (option.reads.includes(id) ? [] : [at]));
        return {
          reads: [...option.reads, ...more.map((at) => reads[at]!)],
          values: [...option.values, ...more.map((at) => values[at]!)],
          entry: option.entry,
        };
      });
  });
}
