import { chargedWith, type Principle } from '@busward/core';
import type { Compiled } from '../compile.ts';
import { glued } from '../critical.ts';
import { agree, Unlike } from './agree.ts';
import type { Exchange } from './exchange.ts';
import { startingOnce } from './starting-once.ts';
import { nearestFirst, type Violation } from '../explore.ts';
import { askingOf, countingIn, type Judges } from '../judges.ts';
import { forEachMove, isAlone, throwUnlessOutOfRange, type Move } from '../moves.ts';
import { stateSet } from '../state-set.ts';
import type { Row } from '../table.ts';
import { walkerOf, type Turn } from '../turns.ts';
import { agree as usersAgree } from '../users/agree.ts';
import { exchangedIn, mayDisorder, userOrder } from '../users/like-users.ts';
import { NotAlike, supposingAlike } from '../users/supposing-alike.ts';
import { BETWEEN, type Watched } from '../watched.ts';

/** Of a system with like devices: what is broken in it, with shortest ways. */
export interface Quotient {
  readonly states: number;
  readonly transitions: number;
  readonly violations: readonly Violation[];
  /** Nothing but these is broken, and ways were not found: not in so few states. */
  readonly atMost?: readonly Pick<Violation, 'principle' | 'device'>[];
  /** Users of whom it does not matter who is who. */
  readonly alike?: readonly (readonly string[])[];
  /** It was stopped, and says nothing. */
  readonly stoppedBy?: string;
}

/**
 * Looks at one of all states that differ only in which of the like devices is where, and who of like users is who. First with steps taken together, to
 * see what is broken at all; then, if anything is, step by step until all of it has been found, so that ways are shortest.
 * Nothing if there are more than `most` states, or if a count leaves its range that nobody judges. Throws {@link Unlike} if devices
 * were taken to be alike that are not. With `isEnough`, which says when what is broken is reason to look at something else, nothing as soon as
 * it does, and few states are looked at for ways.
 */
export const quotientOf = (
  compiled: Compiled,
  exchange: Exchange,
  judges: Judges,
  most: number,
  isEnough?: IsEnough,
): Watched<Quotient | undefined> =>
  supposingAlike(compiled, (supposed) => lookingTwice(supposed, exchange, judges, most, isEnough));

export type IsEnough = (broken: readonly Pick<Violation, 'principle' | 'device'>[]) => boolean;

/** States after which most devices that are not alike show it. */
const SOME = 500;
/** So many states are looked at for ways where it is as quick to look at fewer devices. */
const FEW_FOR_WAYS = 5_000;

function* lookingTwice(
  compiled: Compiled,
  exchange: Exchange,
  judges: Judges,
  most: number,
  isEnough?: IsEnough,
): Watched<Quotient | undefined> {
  const alike = compiled.likeUsers && { alike: compiled.likeUsers.classes };
  const judged = new Set(judges.states.flatMap(({ reads }) => reads.map(({ id }) => id)));
  const together = yield* searching(glued(compiled, judged), exchange, judges, most, { isEnough });
  if (!together || isStopped(together)) return together;
  const wanted = new Set(together.found.keys());
  if (wanted.size === 0) return { ...together, ...alike, violations: [] };
  const few = isEnough ? Math.min(most, FEW_FOR_WAYS) : most;
  const apart = yield* searching(compiled, exchange, judges, few, { wanted });
  if (!apart && isEnough)
    return { ...together, ...alike, violations: [], atMost: brokenAtMost(together.found, exchange) };
  if (!apart || isStopped(apart)) return apart;
  return {
    ...alike,
    states: together.states + apart.states,
    transitions: together.transitions + apart.transitions,
    violations: nearestFirst(
      [...apart.found.values()].flatMap((found) => {
        const { device, path } = apart.wayTo(found);
        const { principle } = found;
        return exchange
          .likes(device)
          .map((other) => ({ principle, device: other, path: exchange.exchanged(path, device, other) }));
      }),
    ),
  };
}

/** Of each that was found, all who can be exchanged. */
const brokenAtMost = (found: Searched['found'], { likes }: Exchange): Parameters<IsEnough>[0] =>
  [...found.values()].flatMap(({ principle, device: by }) => likes(by).map((device) => ({ principle, device })));

/** Stopped before it could say anything. */
type Stopped = Quotient & { readonly stoppedBy: string };
const isStopped = (one: Searched | Stopped): one is Stopped => 'stoppedBy' in one;

interface Found {
  readonly principle: Principle;
  /** One of those that can be exchanged. */
  readonly device: string;
  readonly from: number;
  /** Whether it is the state that breaks it; else a transition out of it does. */
  readonly state: boolean;
}

interface Searched {
  readonly states: number;
  readonly transitions: number;
  readonly found: ReadonlyMap<string, Found>;
  /** A way there, on the system itself, and the device that takes part. */
  wayTo(found: Found): { readonly device: string; readonly path: readonly Turn[] };
}

interface Until {
  /** Everything of this was found; without it steps are taken together, and fewer are seen to be in the middle of something. */
  readonly wanted?: ReadonlySet<string>;
  readonly isEnough?: IsEnough | undefined;
}

/** Nothing if it is not to go on. */
function* searching(
  compiled: Compiled,
  exchange: Exchange,
  judges: Judges,
  most: number,
  { wanted, isEnough }: Until,
): Watched<Searched | Stopped | undefined> {
  const { cells, bits, slots, initial, likeUsers } = compiled;
  const seen = stateSet(bits, slots);
  const onceIn = startingOnce(compiled, exchange.devices, likeUsers);
  const putUsers = likeUsers && userOrder(likeUsers, compiled);
  const disorders = likeUsers && mayDisorder(likeUsers, compiled);
  const row = initial.slice();
  const before = initial.slice();
  const after = initial.slice();
  const changed: number[] = [];
  const ask = askingOf(judges, cells, judgeState);
  const stopped = new Set<number>();
  const parents = [-1];
  const found = new Map<string, Found>();
  let transitions = 0;
  let current = 0;
  let layer = 1;
  let depth = 0;
  let unknown = false;
  let told = 0;

  const visit = (move: Move): void => {
    if (move.failure || move.events.length > 0)
      for (const [principle, device] of brokenBy(move, row, wanted === undefined))
        record(principle, device, current, false);
    if (move.failure) return;
    transitions++;
    after.set(row);
    const number = seen.addAfter(current, after, inOrder(after, disorders?.(move)) ? changes() : move.writes);
    if (number < 0) return;
    parents.push(current);
    if (move.crashed) stopped.add(number);
    ask(move.writes, number, after);
  };

  seen.add(initial);
  judges.states.forEach((_, judge) => judgeState(judge, 0, initial));
  const isDone = (): boolean => current === seen.size || (wanted !== undefined && found.size === wanted.size);
  while (!isDone()) {
    const stop = yield { states: seen.size, transitions, depth, bytes: seen.bytes };
    if (stop !== undefined) return { states: seen.size, transitions, violations: [], stoppedBy: stop };
    // What a table learns by being asked is asked in turn at the end: one arrangement is enough to show most.
    if (current === SOME) seeThatAlike(exchange.arrangements.slice(-1));
    for (const until = current === 0 ? SOME : current + BETWEEN; current < until && !isDone(); current++) {
      if (isEnough && found.size > told) {
        told = found.size;
        if (isEnough(brokenAtMost(found, exchange))) return undefined;
      }
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
  seeThatAlike(exchange.arrangements);
  // After that: it is also asked where devices are in other places.
  if (likeUsers && !usersAgree(compiled, judges, likeUsers.exchanges)) throw new NotAlike();
  return { states: seen.size, transitions, found, wayTo };

  function seeThatAlike(arrangements: Exchange['arrangements']): void {
    if (!agree(compiled, arrangements)) throw new Unlike();
  }

  /** Whether it is another state, then. */
  function inOrder(state: Row, mayUsersBeOut = true): boolean {
    const isOther = mayUsersBeOut && putUsers?.(state) === true;
    return exchange.order(state) || isOther;
  }

  /** Cell, value, cell, value, ... where the state after the move is another than the one before. */
  function changes(): readonly number[] {
    changed.length = 0;
    for (let cell = 0; cell < cells.length; cell++) if (after[cell] !== before[cell]) changed.push(cell, after[cell]!);
    return changed;
  }

  function judgeState(judge: number, number: number, state: Row): void {
    for (const device of brokenIn(judge, state)) record(judges.states[judge]!.principle, device, number, true);
  }

  function brokenIn(judge: number, state: Row): readonly string[] {
    const { table, devices } = judges.states[judge]!;
    const { result } = table.at(state);
    return result === 0 ? [] : devices.filter((_, at) => result & (1 << at));
  }

  function record(principle: Principle, device: string, from: number, state: boolean): void {
    const key = keyOf(principle, device);
    if (!found.has(key)) found.set(key, { principle, device, from, state });
  }

  function keyOf({ id }: Principle, device: string): string {
    return `${id} ${exchange.likes(device)[0]!}`;
  }

  /** What the transition breaks; `state` is the one after it. */
  function brokenBy(move: Move, state: Row, bothWays: boolean): readonly (readonly [Principle, string])[] {
    if (move.failure) return charged(move, move.failure);
    if (move.events.length === 0) return [];
    const alone = isAlone(compiled, state, move);
    return (alone && bothWays ? [true, false] : [alone]).flatMap((is) =>
      move.events.flatMap((event) =>
        judges
          .atEvent(event, state, is)
          .flatMap(({ principle, devices }) => devices.map((device) => [principle, device] as const)),
      ),
    );
  }

  /** A count that leaves its range breaks P4, and is not followed; anything else that throws is the plugin's error. */
  function charged(move: Move, failure: Error): readonly (readonly [Principle, string])[] {
    throwUnlessOutOfRange(compiled, move, failure);
    const counting = countingIn(judges);
    unknown ||= counting === undefined;
    return counting
      ? chargedWith(compiled.system.kernel.machine, move.at.operation).map((device) => [counting, device])
      : [];
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
    const isMeant = ([broken, by]: readonly [Principle, string]): boolean =>
      broken === principle && keyOf(broken, by) === keyOf(principle, device);
    if (state) {
      const broken = judges.states.flatMap((judge, at) =>
        brokenIn(at, here).map((by) => [judge.principle, by] as const),
      );
      return { path, device: broken.find(isMeant)![1] };
    }
    let by = device;
    const last = turn((move) => {
      const one = brokenBy(move, here, false).find(isMeant);
      by = one?.[1] ?? by;
      return one !== undefined;
    });
    return { path: [...path, last], device: by };

    function turn(isSuch: (move: Move) => boolean): Turn {
      const taken = walker.go(isSuch);
      if (!taken) throw new Error('a state that nothing leads to: this is a bug in the explorer');
      return taken;
    }
  }
}
