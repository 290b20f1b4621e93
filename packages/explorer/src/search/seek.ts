import type { Operation, Principle } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import { usualLimits, type Limits } from './explore.ts';
import { brokenBy } from '../judging/broken-by.ts';
import type { Judges } from '../judging/judges.ts';
import { forEachMove, throwUnlessOutOfRange, type Move } from '../tables/moves.ts';
import { stateSet } from './state-set.ts';
import { walkerOf, type Turn } from '../tables/turns.ts';
import { BETWEEN, type Watched, afterStates, finished } from './watched.ts';

/** Something that can be said of a moment of an execution. What was once returned or broken remains so. */
export type Fact =
  /** The operation, which is one of the clients' own objects, has ended so; 'crash'; 'blocked': it has not, at an end without a crash. */
  | { readonly kind: 'result'; readonly operation: Operation; readonly is: string }
  | { readonly kind: 'value'; readonly cell: string; readonly is: unknown }
  | { readonly kind: 'broken'; readonly principle: Principle };

export interface Sought {
  readonly facts: readonly Fact[];
  /** 'together': all of them at one moment, or, where one speaks of the end, then. 'not all at the end': what refutes "always". */
  readonly how: 'together' | 'not all at the end';
}

export interface Search {
  readonly states: number;
  readonly transitions: number;
  /** All reachable states were seen, so that what was not found does not exist. */
  readonly complete: boolean;
  /** A shortest way there, for {@link witnessOf}. */
  readonly path?: readonly Turn[];
  /** Why it was stopped before it could tell. */
  readonly stoppedBy?: string;
}

/**
 * Looks, breadth first, for an execution in which the facts come together, and stops at the first. A state is told from
 * another also by which of the facts have come about on the way to it.
 */
export const seek = (compiled: Compiled, judges: Judges, sought: Sought, limits: Limits = usualLimits): Search =>
  finished(seeking(compiled, judges, sought, limits));

/** {@link seek} in parts. */
export function* seeking(compiled: Compiled, judges: Judges, sought: Sought, limits: Limits): Watched<Search> {
  const { cells, slots, nodes } = compiled;
  const { facts, how } = sought;
  const first = cells.length + slots;
  const remembered = facts.map((fact) => fact.kind === 'broken' || (fact.kind === 'result' && fact.is !== 'blocked'));
  const atEnd = how !== 'together' || facts.some((fact) => fact.kind === 'result' && fact.is === 'blocked');
  const seen = stateSet([...compiled.bits, ...facts.map(() => 1)], slots + facts.length);
  const row = new Uint16Array(first + facts.length);
  const stopped = new Set<number>();
  const parents = [-1];
  const numbers = [-1];
  let transitions = 0;
  let current = 0;
  // The first state that is a step further than those before it.
  let layer = 1;
  let depth = 0;
  let moved = false;
  let path: readonly Turn[] | undefined;

  const visit = (move: Move): void => {
    moved = true;
    if (path) return;
    transitions++;
    const before = row.slice(first);
    facts.forEach((fact, at) => {
      if (remembered[at] && comesAbout(fact, move)) row[first + at] = 1;
    });
    if (move.failure) throwUnlessOutOfRange(compiled, move, move.failure);
    else {
      const number = seen.addAfter(current, row, move.writes);
      if (number >= 0) {
        parents.push(current);
        numbers.push(move.number);
        if (move.crashed) stopped.add(number);
      }
    }
    if (!atEnd && holds()) path = pathTo(current, move.number);
    row.set(before, first);
  };

  row.set(compiled.initial);
  facts.forEach((fact, at) => {
    if (fact.kind === 'broken' && brokenNow(fact.principle)) row[first + at] = 1;
  });
  seen.add(row);
  if (!atEnd && holds()) path = [];
  let stop: string | undefined;
  while (!path && stop === undefined && current < seen.size && seen.size <= limits.maxStates) {
    stop = yield { states: seen.size, transitions, depth, bytes: seen.bytes };
    if (stop === undefined) expand(current + BETWEEN);
  }
  const complete = current === seen.size || path !== undefined;
  const stoppedBy = complete ? undefined : (stop ?? afterStates(limits.maxStates));
  return {
    states: seen.size,
    transitions,
    complete,
    ...(path && { path }),
    ...(stoppedBy !== undefined && { stoppedBy }),
  };

  function expand(until: number): void {
    for (; !path && current < until && current < seen.size && seen.size <= limits.maxStates; current++) {
      if (current === layer) {
        depth++;
        layer = seen.size;
      }
      seen.read(current, row);
      moved = false;
      if (!stopped.has(current)) forEachMove(compiled, row, visit);
      if (!moved && atEnd && isFound()) path = pathTo(current, -1);
    }
  }

  /** At an end; one by a crash keeps no promise but that of a crash. */
  function isFound(): boolean {
    if (how === 'together') return holds();
    const crashes = facts.some((fact) => fact.kind === 'result' && fact.is === 'crash');
    return !holds() || (stopped.has(current) && !crashes);
  }

  function holds(): boolean {
    return facts.every((fact, at): boolean => {
      switch (fact.kind) {
        case 'value':
          return valueOf(fact.cell) === fact.is;
        case 'broken':
          return row[first + at] === 1;
        case 'result':
          return remembered[at] ? row[first + at] === 1 : !stopped.has(current) && isUnderWay(fact.operation);
      }
    });
  }

  function valueOf(name: string): unknown {
    const cell = cells.find((one) => one.name === name);
    return cell?.values[row[cell.id]!];
  }

  function isUnderWay(operation: Operation): boolean {
    return Array.from({ length: slots }, (_, slot) => nodes[row[cells.length + slot]!]!).some(
      (node) => (node.kind === 'at' && node.operation === operation) || waitsToStart(node, operation),
    );
  }

  function comesAbout(fact: Fact, move: Move): boolean {
    switch (fact.kind) {
      case 'value':
        return false;
      case 'broken':
        return breaks(fact.principle, move);
      case 'result':
        return move.at.operation === fact.operation && resultOf(move) === fact.is;
    }
  }

  function resultOf({ crashed, failure, at, outcome }: Move): string | undefined {
    if (crashed) return 'crash';
    return failure ? undefined : at.next[outcome]?.result;
  }

  function breaks(principle: Principle, move: Move): boolean {
    const isAtOnce = brokenBy(compiled, judges, move, row).some((one) => one.principle === principle);
    return isAtOnce || (!move.failure && move.writes.length > 0 && brokenNow(principle));
  }

  function brokenNow(principle: Principle): boolean {
    return judges.states.some((judge) => judge.principle === principle && judge.table.at(row).result !== 0);
  }

  function pathTo(from: number, last: number): readonly Turn[] {
    const moves = last < 0 ? [] : [last];
    for (let at = from; at > 0; at = parents[at]!) moves.unshift(numbers[at]!);
    return turnsOf(compiled, moves);
  }
}

const waitsToStart = (node: Compiled['nodes'][number], operation: Operation): boolean =>
  node.kind === 'idle' && node.starts.some((start) => start.operation === operation);

/** The turns of a path from the initial state that is given by the numbers of its moves. */
function turnsOf(compiled: Compiled, numbers: readonly number[]): readonly Turn[] {
  const walker = walkerOf(compiled);
  return numbers.map((number) => walker.go((move) => move.number === number)!);
}
