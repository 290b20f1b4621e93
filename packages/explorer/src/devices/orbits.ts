import type { Principle } from '@busward/core';
import { brokenBy } from '../judging/broken-by.ts';
import type { Reduced } from '../search/reduced.ts';
import { brokenIn, countingIn, type Broken, type Judges } from '../judging/judges.ts';
import { forEachMove, type Move } from '../tables/moves.ts';
import { askingOf, readersSoFar } from '../judging/readers.ts';
import { stateSet } from '../search/state-set.ts';
import type { Row } from '../tables/table.ts';
import { walkerOf, type Turn } from '../tables/turns.ts';
import { usersAgree } from '../users/agree.ts';
import { mayDisorder, puttingInOrder } from '../likeness/ordering.ts';
import { exchangedIn } from '../users/like-users.ts';
import { UsersUnlike } from '../users/supposing-like-users.ts';
import { BETWEEN, type Watched } from '../search/watched.ts';
import { seeThatAlike } from './agree.ts';
import type { Stopped } from './at-most.ts';
import type { DeviceExchange, Since } from './exchange.ts';
import { startingOnce } from './starting-once.ts';

/*
 * States that differ only in which of like devices is where, and in who of like users is who, are an orbit.
 */

interface Found {
  readonly principle: Principle;
  /** One of those that can be exchanged. */
  readonly device: string;
  readonly from: number;
  /** Whether it is the state that breaks it; else a transition out of it does. */
  readonly state: boolean;
}

/** One state of each orbit was looked at. */
export interface Orbits {
  readonly kind: 'orbits';
  readonly states: number;
  readonly found: ReadonlyMap<string, Found>;
  /** A way there, on the system itself, and the device that takes part. */
  wayTo(found: Found): { readonly device: string; readonly path: readonly Turn[] };
}

/** States after which most devices that are not alike show it. */
const SOME = 500;

/**
 * Looks at one state of each orbit, breadth first, until everything that is `wanted` was found, or all was seen. Nothing if there are
 * more than `most`, or if a count leaves its range that nobody judges. Throws {@link DevicesUnlike} or {@link UsersUnlike} if tables do not agree.
 */
export function* lookingAtOrbits(
  compiled: Reduced,
  exchange: DeviceExchange,
  judges: Judges,
  most: number,
  wanted: number,
): Watched<Orbits | Stopped | undefined> {
  const { cells, bits, slots, initial, likeUsers } = compiled;
  const seen = stateSet(bits, slots);
  const onceIn = startingOnce(compiled, exchange.devices, likeUsers);
  const putUsers = likeUsers && puttingInOrder(likeUsers, compiled);
  const disorders = likeUsers && mayDisorder(likeUsers, compiled);
  const row = initial.slice();
  const before = initial.slice();
  const after = initial.slice();
  // Written again each time.
  const moved: { readonly before: Row; writes: readonly number[] } = { before, writes: [] };
  const changed: number[] = [];
  const ask = askingOf(readersSoFar(judges.states, compiled.system), judgeState);
  const stopped = new Set<number>();
  const parents = [-1];
  const found = new Map<string, Found>();
  let transitions = 0;
  let current = 0;
  let layer = 1;
  let depth = 0;
  let unknown = false;

  const visit = (move: Move): void => {
    for (const { principle, devices } of brokenBy(compiled, judges, move, row))
      for (const device of devices) record(principle, device, current, false);
    if (move.failure) {
      unknown ||= countingIn(judges) === undefined;
      return;
    }
    transitions++;
    after.set(row);
    moved.writes = move.writes;
    const isOther = inOrder(after, disorders?.(move), moved);
    const number = seen.addAfter(current, after, isOther ? changes() : move.writes);
    if (number < 0) return;
    parents.push(current);
    if (move.crashed) stopped.add(number);
    ask(move.writes, number, after);
  };

  seen.add(initial);
  judges.states.forEach((_, judge) => judgeState(judge, 0, initial));
  const isDone = (): boolean => current === seen.size || found.size === wanted;
  while (!isDone()) {
    const stop = yield { states: seen.size, transitions, depth, bytes: seen.bytes };
    if (stop !== undefined) return { kind: 'stopped', states: seen.size, ended: { kind: 'stopped', by: stop } };
    // One arrangement is enough to show most.
    if (current === SOME) seeThatAlike(compiled, judges, exchange.arrangements.slice(-1));
    for (const until = current === 0 ? SOME : current + BETWEEN; current < until && !isDone(); current++) {
      if (seen.size > most || unknown) return undefined;
      if (current === layer) {
        depth++;
        layer = seen.size;
      }
      if (stopped.has(current)) continue;
      before.set(seen.read(current, row));
      forEachMove(compiled, row, visit, onceIn(row));
    }
  }
  if (unknown) return undefined;
  // Users are exchanged in what came up, and then devices in all of it.
  if (likeUsers && !usersAgree(compiled, judges, likeUsers.exchanges)) throw new UsersUnlike();
  seeThatAlike(compiled, judges, exchange.arrangements);
  return { kind: 'orbits', states: seen.size, found, wayTo };

  /** Whether it is another state, then. */
  function inOrder(state: Row, mayUsersBeOut = true, since?: Since): boolean {
    const isOther = mayUsersBeOut && putUsers?.(state) === true;
    return exchange.order(state, isOther ? undefined : since) || isOther;
  }

  /** Cell, value, cell, value, ... where the state after the move is another than the one before. */
  function changes(): readonly number[] {
    changed.length = 0;
    for (let cell = 0; cell < cells.length; cell++) if (after[cell] !== before[cell]) changed.push(cell, after[cell]!);
    return changed;
  }

  function judgeState(judge: number, number: number, state: Row): void {
    const { principle } = judges.states[judge]!;
    for (const device of brokenIn(judges.states[judge]!, state)) record(principle, device, number, true);
  }

  function record(principle: Principle, device: string, from: number, state: boolean): void {
    const key = keyOf(principle, device);
    if (!found.has(key)) found.set(key, { principle, device, from, state });
  }

  function keyOf({ id }: Principle, device: string): string {
    return `${id} ${exchange.likes(device)[0]!}`;
  }

  /** The states on the way are of one orbit each; here each follows from the one before. */
  function wayTo({ principle, device, from, state }: Found): {
    readonly device: string;
    readonly path: readonly Turn[];
  } {
    const numbers: number[] = [];
    for (let at = from; at > 0; at = parents[at]!) numbers.unshift(at);
    const walker = walkerOf(compiled);
    const here = walker.row;
    const wanting = initial.slice();
    const path = numbers.map((number) => {
      seen.read(number, wanting);
      const isWanted = (one: Row): boolean => one.every((value, at) => value === wanting[at]);
      const leads = (move: Move): boolean => {
        after.set(here);
        inOrder(after);
        return !move.failure && isWanted(after);
      };
      // Users of whom one number was told may have come out otherwise there.
      const leadsToOneLike = (move: Move): boolean =>
        !move.failure &&
        exchangedIn(likeUsers, compiled, here).some((one) => {
          exchange.order(one);
          return isWanted(one);
        });
      return walker.go(leads) ?? turn(leadsToOneLike);
    });
    const meant = (broken: readonly Broken[]): string | undefined =>
      broken
        .filter((one) => one.principle === principle)
        .flatMap(({ devices }) => devices)
        .find((by) => keyOf(principle, by) === keyOf(principle, device));
    if (state) return { path, device: meant(judges.states.map((one) => ({ ...one, devices: brokenIn(one, here) })))! };
    let by: string | undefined;
    const last = turn((move) => {
      by = meant(brokenBy(compiled, judges, move, here));
      return by !== undefined;
    });
    return { path: [...path, last], device: by! };

    function turn(isSuch: (move: Move) => boolean): Turn {
      const taken = walker.go(isSuch);
      if (!taken) throw new Error('a state that nothing leads to: this is a bug in the explorer');
      return taken;
    }
  }
}
