import type { Cell } from '@busward/core';
import { takenAtOnce } from './at-once.ts';
import { lockingOf } from './locking.ts';
import type { At, Compiled, Next, Start } from '../tables/compile.ts';
import { derived, type Asked, type Row, type Situation } from '../tables/table.ts';
import { inTurn, type InTurn, type Written } from './in-turn.ts';
import { startingOver } from './starting-over.ts';

/*
 * Steps that nobody can tell from having been taken together with the one before them: Lipton's reduction ("Reduction: a
 * method of proving properties of parallel programs", 1975), with everything it needs derived from the tables.
 */

/** Of two steps that are taken together, which one is moved: the first is as late as the second, or the second as early as the first. */
export type Side = 'late' | 'early';

/** Whether steps are taken together. */
export interface Joins {
  /** The step is taken as late as the next one, in this situation, or in some. Nothing is late after what is not late. */
  isLate?(before: At, next: Next, here?: Situation<number>): boolean;
  /** The next step is taken as early as the one before. */
  isEarly(next: Next, before: At): boolean;
}

/** Who sees where steps are while they are taken together, and looks at some cells of the place that they come to. */
export interface Notes {
  cells(next: Next): readonly Cell[];
  noting(turn: InTurn): Noted;
}

export interface Noted {
  goesOn(next: Next, side: Side): void;
  /** With this written, and nothing else. */
  ends(written: Written): void;
}

/**
 * The same system with fewer places. A step is taken together with the one before it if it never waits, writes nothing that
 * is `visible` and says nothing, and nobody else can touch what it touches meanwhile, since it holds a lock; or if the one
 * before took that lock. A state in between differs from the one after in nothing that is judged, but for what is under way.
 * A step by the name of `apart` is never taken together with the one before it.
 */
export function glued<T extends Compiled>(compiled: T, visible: ReadonlySet<number>, apart?: string): T {
  return gluedOnce(compiled, takenAtOnce(compiled, lockingOf(compiled), visible, apart));
}

/** `atOnce`: of each place, whether its step is taken together with the one before it. */
export const gluedOnce = <T extends Compiled>(compiled: T, atOnce: Uint8Array): T =>
  gluedWhere(compiled, { isEarly: ({ to }) => atOnce[to] === 1 });

/** The same system, with each step taken together with the one before it where it joins that. */
export function gluedWhere<T extends Compiled>(compiled: T, joins: Joins, notes?: Notes): T {
  const { nodes, cells, initial } = compiled;
  const scratch = [initial.slice(), initial.slice()] as const;
  // A step without outcomes is the last thing that happens, and has nothing after it that would tell it from others.
  const isLast = ({ to, error }: Next): boolean => {
    const node = nodes[to]!;
    return error !== undefined || node.kind === 'idle' || node.next.length === 0;
  };
  const isLate = (before: At, next: Next, here?: Situation<number>): boolean =>
    !isLast(next) && joins.isLate?.(before, next, here) === true;
  const isEarly = (before: At, next: Next): boolean => !isLast(next) && joins.isEarly(next, before);
  const over = joins.isLate ? startingOver(compiled, isLate) : undefined;
  return withSteps(compiled, (node) =>
    node.next.some((next) => isLate(node, next) || isEarly(node, next)) ? composed(node) : node,
  );

  /** The step, and those that are taken together with it. */
  function composed(node: At): At {
    const next: Next[] = [];
    const numbers = new Map<string, number>();
    const ask = (row: Row): Asked<number> => {
      const turn = inTurn(row, scratch);
      const noted = notes?.noting(turn);
      const outcomes: number[] = [];
      let side: Side = 'late';
      for (let here = node; ;) {
        const situation = turn.ask(here.table);
        const { entry } = situation;
        if (entry.failure) return { reads: turn.reads, entry };
        // Locks that were taken on the way here are not, then.
        if (entry.result < 0) return turn.asOne(-1, nothing);
        outcomes.push(entry.result);
        const after = here.next[entry.result]!;
        if (side === 'late' && !isLate(here, after, situation)) side = 'early';
        turn.take(entry, side);
        if (side === 'early' && !isEarly(here, after)) return ending(outcomes, after, turn, noted);
        noted?.goesOn(after, side);
        here = nodes[after.to] as At;
      }
    };
    const { reached, looked } = reachedFrom(node);
    const touches = [...new Set([...reached.flatMap((one) => one.touches), ...looked, ...(over?.looks(node) ?? [])])];
    const writes = [...new Set(reached.flatMap((one) => one.writes))];
    return { ...node, next, touches, writes, table: derived(node.name, cells, touches, ask) };

    function ending(outcomes: readonly number[], after: Next, turn: InTurn, noted: Noted | undefined): Asked<number> {
      const isOver = !isLast(after) && over?.starts(node, after.to, turn) === true;
      const written = isOver ? turn.lasting : turn.written;
      noted?.ends(written);
      const key = `${outcomes.join()}${isOver ? ' over' : ''}`;
      const number = numbers.get(key) ?? next.push(isOver ? { ...after, to: 0 } : after) - 1;
      numbers.set(key, number);
      return turn.asOne(number, written);
    }
  }

  function reachedFrom(node: At): { readonly reached: readonly At[]; readonly looked: ReadonlySet<Cell> } {
    const sides = { late: new Set([node]), early: new Set<At>() };
    const looked = new Set<Cell>();
    const reach = (side: Side, next: Next): void => {
      sides[side].add(nodes[next.to] as At);
      for (const cell of notes?.cells(next) ?? []) looked.add(cell);
    };
    for (const one of sides.late) for (const next of one.next) if (isLate(one, next)) reach('late', next);
    for (const some of [sides.late, sides.early])
      for (const one of some) for (const next of one.next) if (isEarly(one, next)) reach('early', next);
    return { reached: [...new Set([...sides.late, ...sides.early])], looked };
  }
}

const nothing: Written = new Map();

/** The same system with other steps at its places. */
export function withSteps<T extends Compiled>(compiled: T, of: (node: At) => At): T {
  const others = new Map<At, At>();
  const other = (node: At): At => {
    const known = others.get(node) ?? of(node);
    others.set(node, known);
    return known;
  };
  const starting = (start: Start): Start => ({ ...start, first: other(start.first) });
  return {
    ...compiled,
    nodes: compiled.nodes.map((node) =>
      node.kind === 'at' ? other(node) : { kind: 'idle', starts: node.starts.map(starting) },
    ),
  };
}
