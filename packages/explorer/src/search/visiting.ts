import type { Principle } from '@busward/core';
import { brokenBy } from '../judging/broken-by.ts';
import type { Reduced } from './reduced.ts';
import type { Ended, Enough } from './ended.ts';
import type { IsEnough } from './engine.ts';
import { fits, linearSet, type LinearSet } from '../explicit/linear-set.ts';
import { MOST_AT_ONCE } from '../explicit/record.ts';
import type { Exploration, Limits, Violation } from './explore.ts';
import { brokenIn, countingIn, type Broken, type Judges } from '../judging/judges.ts';
import { forEachMove, type Move } from '../tables/moves.ts';
import { askingOf, readersSoFar } from '../judging/readers.ts';
import { stateSet, type StateSet } from './state-set.ts';
import type { Row } from '../tables/table.ts';
import { usersAgree } from '../users/agree.ts';
import { mayDisorder, puttingInOrder, type Swap } from '../likeness/ordering.ts';
import { UsersUnlike } from '../users/supposing-like-users.ts';
import { afterStates, BETWEEN, type Watched } from './watched.ts';
import { wayTo } from './ways.ts';

/** Where a principle is broken that some device takes part in breaking. */
interface Found {
  readonly principle: Principle;
  readonly device: string;
  /** The state in which it is broken, or before the transition that breaks it. */
  readonly from: number;
  /** It is that transition which breaks it. */
  readonly onTheWay: boolean;
}

/** States between two reports while JavaScript looks at all, each of which may lead to many; and at first. */
const SOME = 1_000;
/** States after which linear memory pays; a tenth of that while more than {@link MANY_WAIT} times as many states are known as were expanded. */
const FEW = 1_000;
const MANY_WAIT = 4;
/** States that JavaScript looks at between two reports, which take as long as {@link BETWEEN} of those that it need not. */
const LOOKS_BETWEEN = 500;

/** What was visited; a way to what was found is told if it is asked for while memory is there. */
export interface Visited extends Omit<Exploration, 'violations'> {
  readonly found: readonly Found[];
  /** A shortest way, and the device that takes part then: one of those that are `like` the one of which it was found. */
  wayTo(found: Found, like?: readonly string[]): Pick<Violation, 'device' | 'path'>;
}

/**
 * Visits every reachable state, breadth first, and judges each: in JavaScript, and from `linearAfter` states on in WebAssembly.
 * Gives what is to `tell` of them.
 */
export function* visiting<T>(
  compiled: Reduced,
  judges: Judges,
  { maxStates, helper, linearAfter = FEW }: Limits,
  tell: (visited: Visited) => T,
  isEnough?: IsEnough,
): Watched<T> {
  const { slots, initial, bits, likeUsers, likeDevices, moved } = compiled;
  let seen: StateSet = stateSet(bits, slots, likeDevices?.blocks);
  let linear: LinearSet | undefined;
  const isFit = fits(compiled, judges);
  const found = new Map<string, Found>();
  // Numbers of states after a crash, ascending.
  const stopped: number[] = [];
  let stopsBefore = 0;
  // Parents of the states found before linear memory took over; others are found again by expanding the layer before theirs.
  const parents: number[] = [-1];
  // The first state of each depth.
  const layers = [0];
  const row = initial.slice();
  const orders = [likeUsers, likeDevices].flatMap((like) =>
    like ? [{ put: puttingInOrder(like, compiled), isOut: mayDisorder(like, compiled) }] : [],
  );
  const ordered = initial.slice();
  const open = judges.states.map(({ devices }) => (1 << devices.length) - 1);
  const ask = askingOf(readersSoFar(judges.states, compiled.system), judgeState);
  const counting = countingIn(judges);
  let transitions = 0;
  let current = 0;
  // The first state that is a step further than those before it.
  let layer = 1;
  let depth = 0;
  let overflow: string | undefined;

  const visit = (move: Move): void => {
    judgeMove(move);
    if (move.failure) {
      if (!counting) overflow ??= `${compiled.system.kernel.strategy.name}: ${move.failure.message}`;
      return;
    }
    transitions++;
    const isOut = orders.some((order) => order.isOut(move));
    const number = isOut ? seen.add(inOrder(row)) : seen.addAfter(current, row, move.writes);
    if (number < 0) return;
    if (!linear) parents.push(current);
    if (move.crashed) stopped.push(number);
    ask(move.writes, number, row);
  };

  seen.add(initial);
  judges.states.forEach((_, judge) => judgeState(judge, 0, initial));
  let stop: string | undefined;
  let enough: Enough | undefined;
  try {
    while (current < seen.size && seen.size <= maxStates && stop === undefined) {
      enough = isEnough?.([...found.values()], seen.size);
      if (enough) break;
      const waiting = seen.size - current;
      stop = yield { states: seen.size, transitions, depth, bytes: seen.bytes, waiting, found: found.size };
      if (stop === undefined && pays()) linear = seen = linearOf();
      if (stop === undefined) expand(current + (linear ? Math.min(Math.max(current, SOME), BETWEEN) : SOME));
      if (linear?.full) stop ??= `${afterStates(seen.size)}, which fill 4 GiB`;
    }
    const areAllSeen = current === seen.size && !linear?.full;
    if (areAllSeen) moved?.seeThatNothingIsMissed(judges, (principle, device) => found.has(keyOf(principle, device)));
    if (likeUsers && !usersAgree(compiled, judges, likeUsers.exchanges)) throw new UsersUnlike();
    return tell({
      states: seen.size,
      transitions,
      ended: areAllSeen ? { kind: 'all seen' } : endedEarly(),
      ...(overflow !== undefined && { overflow }),
      ...(likeUsers && { alike: likeUsers.classes }),
      found: [...found.values()],
      wayTo: pathTo,
    });
  } finally {
    linear?.end();
  }

  function endedEarly(): Ended {
    return enough ? { kind: 'enough', found: enough } : { kind: 'stopped', by: stop ?? afterStates(maxStates) };
  }

  function pays(): boolean {
    const after = seen.size > MANY_WAIT * current ? linearAfter / 10 : linearAfter;
    return !linear && isFit && seen.size > after;
  }

  function expand(until: number): void {
    const isFull = (): boolean => linear?.full === true;
    let left = LOOKS_BETWEEN;
    while (current < until && current < seen.size && seen.size <= maxStates && !isFull() && left > 0 && !pays()) {
      if (current === layer) {
        depth++;
        layers.push(layer);
        layer = seen.size;
      }
      while (stopped[stopsBefore]! < current) stopsBefore++;
      if (stopped[stopsBefore] === current) current++;
      else if (!linear) step();
      else {
        // Near the limit one by one, so as to stop where JavaScript alone would.
        const isNear = seen.size + MOST_AT_ONCE > maxStates;
        const end = Math.min(isNear ? current + 1 : until, layer, stopped[stopsBefore] ?? until);
        const most = isNear ? Infinity : maxStates;
        const { next, missed, transitions: more } = linear.expand(current, end, stopped.length === 0, most);
        current = next;
        transitions += more;
        if (!missed) continue;
        step();
        left--;
      }
    }
  }

  function step(): void {
    seen.read(current, row);
    forEachMove(compiled, row, visit);
    current++;
  }

  function linearOf(): LinearSet {
    return linearSet(
      compiled,
      judges,
      seen,
      {
        ofJudge: (judge) => open[judge]!,
        has: (principle, devices) => devices.some((device) => !found.has(keyOf(principle, device))),
        get found() {
          return found.size + (overflow === undefined ? 0 : 1);
        },
        get overflow() {
          return overflow === undefined;
        },
      },
      { judge: judgeState, crashed: (number) => void stopped.push(number) },
      maxStates,
      helper,
    );
  }

  function judgeState(judge: number, number: number, state: Row): void {
    // What it has found of all devices is not looked for again.
    if (open[judge] === 0) return;
    const { table, devices, principle } = judges.states[judge]!;
    const broken = table.at(state).result & open[judge]!;
    if (broken === 0) return;
    open[judge]! &= ~broken;
    devices.forEach((device, at) => {
      if (broken & (1 << at)) record(principle, device, number, false);
    });
  }

  function judgeMove(move: Move): void {
    for (const { principle, devices } of brokenBy(compiled, judges, move, row))
      for (const device of devices) record(principle, device, current, true);
  }

  function record(principle: Principle, device: string, from: number, onTheWay: boolean): void {
    const key = keyOf(principle, device);
    if (!found.has(key)) found.set(key, { principle, device, from, onTheWay });
  }

  function pathTo(
    { principle, device, from, onTheWay }: Found,
    like: readonly string[] = [device],
  ): ReturnType<Visited['wayTo']> {
    const searched = { seen, linear, parents, firsts: [...layers, layer], stopped, kept: inOrder };
    const { turns, walker } = wayTo(compiled, searched, from);
    const takingPart = (broken: readonly Broken[]): string | undefined =>
      broken.flatMap((one) => (one.principle === principle ? one.devices : [])).find((by) => like.includes(by));
    if (!onTheWay) {
      const broken = judges.states.map((judge) => ({ ...judge, devices: brokenIn(judge, walker.row) }));
      return { device: takingPart(broken)!, path: turns };
    }
    let by: string | undefined;
    const last = walker.go((move) => (by = takingPart(brokenBy(compiled, judges, move, walker.row))) !== undefined);
    return { device: by!, path: [...turns, last!] };
  }

  function inOrder(state: Row, exchanging?: (exchanged: Swap) => void): Row {
    if (orders.length === 0) return state;
    ordered.set(state);
    for (const { put } of orders) put(ordered, exchanging);
    return ordered;
  }
}

const keyOf = ({ id }: Principle, device: string): string => `${id} ${device}`;
