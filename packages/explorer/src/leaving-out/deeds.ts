import type { Cell } from '@busward/core';
import type { At, Compiled } from '../tables/compile.ts';
import { everySituation } from '../tables/situations.ts';
import type { Situation } from '../tables/table.ts';

/** What a step does to cells, in all situations. */
export interface Deeds {
  readonly reads: ReadonlySet<number>;
  readonly writes: ReadonlySet<number>;
  readonly waits: boolean;
  /** It can fail, or say something. */
  readonly loud: boolean;
  /** It was looked at in all situations; else there are too many. */
  readonly known: boolean;
  /** By outcome, where it goes on: one situation of those in which it reads the same cells, as they are at first or not, and changes the same. */
  readonly ways: readonly (readonly Situation<number>[])[];
  /** Flags that it reads when they are set, and goes on. */
  readonly passes: ReadonlySet<number>;
  /** Flags that it changes, and those that it always sets when they were clear, or clears; by outcome. */
  readonly changes: readonly ReadonlySet<number>[];
  readonly takes: readonly ReadonlySet<number>[];
  readonly gives: readonly ReadonlySet<number>[];
}

/** It does nothing but look, and goes on. */
export const isLook = ({ loud, waits, writes }: Deeds): boolean => !loud && !waits && writes.size === 0;

/** Each way to leave steps out asks for them, and they are the same for all who have the step. */
const known = new WeakMap<At, Deeds>();

export function deedsOf(compiled: Compiled, node: At): Deeds {
  const deeds = known.get(node) ?? tried(compiled, node);
  known.set(node, deeds);
  return deeds;
}

/** In all situations, if these are not too many. */
function tried(compiled: Compiled, node: At): Deeds {
  const { cells, initial } = compiled;
  const { touches, writes, next, table } = node;
  const ids = touches.map(({ id }) => id);
  const all = everySituation(compiled, table);
  if (!all)
    return {
      reads: new Set(ids),
      writes: new Set(writes.map(({ id }) => id)),
      waits: true,
      loud: true,
      known: false,
      ways: [],
      passes: new Set(ids),
      changes: [],
      takes: [],
      gives: [],
    };
  const reads = new Set<number>();
  const written = new Set<number>();
  const takes = next.map(() => new Map<number, boolean>());
  const gives = next.map(() => new Map<number, boolean>());
  const changes = next.map(() => new Set<number>());
  const ways = next.map(() => new Map<string, Situation<number>>());
  const passes = new Set<number>();
  let loud = next.length === 0;
  let waits = false;
  for (const here of all) {
    const { reads: read, values, entry } = here;
    const was = new Map(read.map((id, at) => [id, values[at]!]));
    for (const id of read) reads.add(id);
    if (entry.failure || entry.events.length > 0) loud = true;
    else if (entry.result < 0) waits = true;
    else for (const id of read) if (isFlag(cells[id]!) && was.get(id) === 1) passes.add(id);
    if (entry.failure || entry.result < 0) continue;
    const now = new Map<number, number>();
    for (let at = 0; at < entry.writes.length; at += 2) now.set(entry.writes[at]!, entry.writes[at + 1]!);
    const changed = changedIn(compiled, here);
    for (const id of changed) {
      written.add(id);
      changes[entry.result]?.add(id);
    }
    const isFirst = read.map((id, at) => values[at] === initial[id]);
    ways[entry.result]?.set(JSON.stringify([read, isFirst, changed, entry.events.length]), here);
    if (next.length === 0) continue;
    for (const id of ids) {
      const flag = isFlag(cells[id]!);
      both(takes[entry.result]!, id, flag && was.get(id) === 0 && now.get(id) === 1);
      both(gives[entry.result]!, id, flag && now.get(id) === 0);
    }
  }
  const always = (some: ReadonlyMap<number, boolean>): ReadonlySet<number> =>
    new Set([...some].flatMap(([id, is]) => (is ? [id] : [])));
  return {
    reads,
    writes: written,
    waits,
    loud,
    known: true,
    ways: ways.map((some) => [...some.values()]),
    passes,
    changes,
    takes: takes.map(always),
    gives: gives.map(always),
  };
}

/** Cells that then say something else, or may. */
export function changedIn(
  { cells }: Compiled,
  { reads, values, entry: { writes } }: Situation<unknown>,
): readonly number[] {
  const changed: number[] = [];
  for (let at = 0; at < writes.length; at += 2) {
    const id = writes[at]!;
    const read = reads.indexOf(id);
    if ((read < 0 || values[read] !== writes[at + 1]) && cells[id]!.values.length > 1) changed.push(id);
  }
  return changed;
}

const both = (map: Map<number, boolean>, id: number, is: boolean): void =>
  void map.set(id, is && map.get(id) !== false);

export const isFlag = ({ values }: Cell): boolean => values.length === 2 && values[1] === true;
