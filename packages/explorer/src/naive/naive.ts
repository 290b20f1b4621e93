import type { Principle, System } from '@busward/core';
import type { Limits } from '../search/explore.ts';
import { beginning, keyOf, movesAlone, movesFrom, type NaiveState } from './naive-moves.ts';
import { brokenAtEvents, brokenInState } from './plain.ts';
import { afterStates, finished, type Watched } from '../search/watched.ts';

/* The oracle: visits every state by running the generators themselves. */

export interface NaiveResult {
  readonly states: number;
  readonly transitions: number;
  /** `P1 B` -> steps of a shortest way to break it. */
  readonly violations: ReadonlyMap<string, number>;
  /** Why it was stopped before all was seen. */
  readonly stoppedBy?: string;
}

export const exploreNaively = (system: System, principles: readonly Principle[]): NaiveResult =>
  finished(exploringNaively(system, principles, { maxStates: Infinity }));

/** {@link exploreNaively} in parts; what it has not seen when it is stopped is not known. */
export function* exploringNaively(
  system: System,
  principles: readonly Principle[],
  { maxStates }: Limits,
): Watched<NaiveResult> {
  const violations = new Map<string, number>();
  const breaks = (id: string, device: string, steps: number): void => {
    if (!violations.has(`${id} ${device}`)) violations.set(`${id} ${device}`, steps);
  };
  const initial = beginning(system);
  for (const { principle, device } of brokenInState(system, principles, initial.cells)) breaks(principle.id, device, 0);
  const seen = new Set([keyOf(initial)]);
  let transitions = 0;
  for (let layer = [initial], steps = 1; layer.length > 0; steps++) {
    const next: NaiveState[] = [];
    for (const [number, state] of layer.entries()) {
      const stop =
        number % BETWEEN_NAIVE === 0 ? yield { states: seen.size, transitions, depth: steps - 1, bytes: 0 } : undefined;
      const atLimit = seen.size > maxStates ? afterStates(maxStates) : undefined;
      const stoppedBy = stop ?? atLimit;
      if (stoppedBy !== undefined) return { states: seen.size, transitions, violations, stoppedBy };
      for (const { slot, charged, to, events, result } of movesFrom(system, state)) {
        if (to === 'out of range') {
          for (const device of charged) breaks('P4', device, steps);
          continue;
        }
        transitions++;
        for (const { principle, device: by } of brokenAtEvents(
          system,
          principles,
          to.cells,
          events,
          movesAlone(state, slot),
        ))
          breaks(principle.id, by, steps);
        if (seen.has(keyOf(to))) continue;
        seen.add(keyOf(to));
        for (const { principle, device: by } of brokenInState(system, principles, to.cells))
          breaks(principle.id, by, steps);
        if (result !== 'crash') next.push(to);
      }
    }
    layer = next;
  }
  return { states: seen.size, transitions, violations };
}

/** States between two reports. */
export const BETWEEN_NAIVE = 100;

/** What is thrown where the search on tables does not come to the same. */
export const disagreement = ({ kernel }: System): Error =>
  new Error(`the naive interpreter and the search on tables disagree on ${kernel.machine.name}: this is a bug`);
