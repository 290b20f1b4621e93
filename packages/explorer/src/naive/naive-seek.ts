import type { System } from '@busward/core';
import type { Limits } from '../search/explore.ts';
import { BETWEEN_NAIVE } from './naive.ts';
import { beginning, keyOf, movesAlone, movesFrom, type NaiveMove, type NaiveState } from './naive-moves.ts';
import { brokenAtEvents, brokenInState, type Indices } from './plain.ts';
import type { Fact, Sought } from '../search/seek.ts';
import { afterStates, type Watched } from '../search/watched.ts';

export interface NaivelySought {
  readonly states: number;
  readonly transitions: number;
  /** Steps of a shortest execution in which the facts come together. */
  readonly found?: number;
  /** Why it was stopped before it could tell. */
  readonly stoppedBy?: string;
}

/** A state, which of the facts have come about on the way to it, and whether the machine has crashed there. */
interface Moment {
  readonly state: NaiveState;
  readonly had: readonly boolean[];
  readonly crashed: boolean;
}

/** What `seek` looks for, by running the generators themselves from that state on. */
export function* seekingNaively(
  system: System,
  from: Indices,
  { facts, how }: Sought,
  { maxStates }: Limits,
): Watched<NaivelySought> {
  const atEnd = how === 'not all at the end' || facts.some(isBlocked);
  const start = beginning(system, from);
  const initial = { state: start, had: facts.map((fact) => isBrokenIn(fact, start)), crashed: false };
  const seen = new Set([momentKey(initial)]);
  let transitions = 0;
  if (!atEnd && holds(initial)) return { states: seen.size, transitions, found: 0 };
  for (let layer: Moment[] = [initial], steps = 1; layer.length > 0; steps++) {
    const next: Moment[] = [];
    for (const [number, moment] of layer.entries()) {
      const stop =
        number % BETWEEN_NAIVE === 0 ? yield { states: seen.size, transitions, depth: steps - 1, bytes: 0 } : undefined;
      const stoppedBy = stop ?? (seen.size > maxStates ? afterStates(maxStates) : undefined);
      if (stoppedBy !== undefined) return { states: seen.size, transitions, stoppedBy };
      let isEnd = true;
      for (const move of moment.crashed ? [] : movesFrom(system, moment.state)) {
        isEnd = false;
        transitions++;
        const to: Moment = {
          state: move.to === 'out of range' ? moment.state : move.to,
          had: facts.map((fact, at) => moment.had[at]! || comesAbout(fact, moment.state, move)),
          crashed: move.result === 'crash',
        };
        const isNew = move.to !== 'out of range' && !seen.has(momentKey(to));
        if (isNew) seen.add(momentKey(to));
        if (!atEnd && holds(to)) return { states: seen.size, transitions, found: steps };
        if (isNew) next.push(to);
      }
      if (isEnd && atEnd && isFound(moment)) return { states: seen.size, transitions, found: steps - 1 };
    }
    layer = next;
  }
  return { states: seen.size, transitions };

  /** At an end; one by a crash keeps no promise but that of a crash. */
  function isFound(moment: Moment): boolean {
    if (how === 'together') return holds(moment);
    const promised = facts.some((fact) => fact.kind === 'result' && fact.is === 'crash');
    return !holds(moment) || (moment.crashed && !promised);
  }

  function holds({ state, had, crashed }: Moment): boolean {
    return facts.every((fact, at) => {
      if (fact.kind === 'value') return valueIn(state, fact.cell) === fact.is;
      return fact.kind === 'result' && isBlocked(fact) ? !crashed && isUnderWay(fact, state) : had[at];
    });
  }

  function valueIn({ cells }: NaiveState, name: string): unknown {
    const cell = system.cells.find((one) => one.name === name);
    return cell?.values[cells[cell.id]!];
  }

  function comesAbout(fact: Fact, before: NaiveState, { operation, result, to, slot, events }: NaiveMove): boolean {
    if (fact.kind === 'result') return operation === fact.operation && result === fact.is;
    if (fact.kind === 'value') return false;
    if (to === 'out of range') return fact.principle.id === 'P4';
    const atEvents = brokenAtEvents(system, [fact.principle], to.cells, events, movesAlone(before, slot));
    return isBrokenIn(fact, to) || !atEvents.next().done;
  }

  function isBrokenIn(fact: Fact, { cells }: NaiveState): boolean {
    return fact.kind === 'broken' && !brokenInState(system, [fact.principle], cells).next().done;
  }
}

const isBlocked = (fact: Fact): boolean => fact.kind === 'result' && fact.is === 'blocked';

/** It has begun, or is the next of its actor's. */
const isUnderWay = (fact: Extract<Fact, { kind: 'result' }>, { slots }: NaiveState): boolean =>
  slots.some(({ next, running }) => (running ? running.operation : next[0]) === fact.operation);

const momentKey = ({ state, had }: Moment): string => `${keyOf(state)} ${had.join()}`;
