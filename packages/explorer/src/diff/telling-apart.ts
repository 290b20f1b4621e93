import { afterStates, type Watched } from '../search/watched.ts';
import type { Determined } from './determined.ts';
import type { Labels } from './labels.ts';
import { pairMoves, type ApartHere, type PairMove } from './pair-moves.ts';

/** Something that was seen on both sides, and what only one of them can show next. */
export interface ToldApart extends ApartHere {
  readonly before: readonly Omit<PairMove, 'to'>[];
  /** Calls, with the one that tells the sides apart. */
  readonly operations: number;
}

export interface Telling {
  readonly found?: ToldApart;
  /** Nothing with more operations was looked at, nor needed to be. */
  readonly complete: boolean;
  /** Everything that there is was looked at. */
  readonly endless: boolean;
  readonly stoppedBy?: string;
}

/** A difference with fewer calls is smaller; then one with fewer calls while others are in flight; then the first found. */
const CALL = 64;
const BETWEEN = 500;

/**
 * Looks for the smallest difference: what one side can show and the other cannot after the same, in the product of both,
 * cheapest first. The cost is the number of operations called, and none is looked for beyond `most`.
 */
export function* tellingApart(
  a: Determined,
  b: Determined,
  labels: Labels,
  {
    most,
    maxStates,
    calls,
  }: {
    readonly most: number;
    readonly maxStates: number;
    /** Only these calls are made, each as often; sorted. */
    readonly calls?: readonly number[];
  },
  movesOf: typeof pairMoves = pairMoves,
): Watched<Telling> {
  const sets: (readonly [number, number])[] = [[a.first, b.first]];
  const parent: number[] = [-1];
  const by: (PairMove | undefined)[] = [undefined];
  const cost: number[] = [0];
  const flying: number[] = [0];
  // The calls on the way, where only some may be made.
  const made: (readonly number[])[] = [[]];
  const settled: boolean[] = [];
  const numbers = new Map<string, number>([[`${a.first} ${b.first} `, 0]]);
  const queue: number[][] = [[0]];
  // What only a further call shows has to wait until everything as cheap has been looked at.
  const late: ToldApart[][] = [];
  const states = (): number => a.size() + b.size() + sets.length;
  let found: ToldApart | undefined;
  let looked = 0;
  let beyond = false;
  let stoppedBy: string | undefined;

  for (let price = 0; price < Math.max(queue.length, late.length) && !isOver(); price++) {
    found = late[price]?.[0];
    for (const pair of queue[price] ?? []) {
      if (isOver()) break;
      if (settled[pair] || cost[pair] !== price) continue;
      settled[pair] = true;
      look(pair);
      if (++looked % BETWEEN === 0)
        stoppedBy = yield { states: states(), transitions: looked, depth: Math.floor(price / CALL), bytes: 0 };
      if (states() > maxStates) stoppedBy ??= afterStates(maxStates);
    }
  }
  return {
    ...(found && { found }),
    complete: stoppedBy === undefined,
    endless: stoppedBy === undefined && !beyond && !found,
    ...(stoppedBy !== undefined && { stoppedBy }),
  };

  function isOver(): boolean {
    return stoppedBy !== undefined || found !== undefined;
  }

  function look(pair: number): void {
    const { moves, apart } = movesOf(a, b, labels, ...sets[pair]!);
    if (apart) tell(apart, pair);
    for (const move of moves) {
      const { kind } = labels.at(move.label);
      const after = kind === 'call' && calls ? withCall(made[pair]!, move.label) : made[pair]!;
      if (calls && !contains(calls, after)) continue;
      const price = cost[pair]! + (kind === 'call' ? CALL + Math.min(flying[pair]!, 1) : 0);
      if (price >= (most + 1) * CALL) beyond = true;
      else meet(move, pair, price, flying[pair]! + (kind === 'call' ? 1 : kind === 'answer' ? -1 : 0), after);
    }
  }

  function meet(move: PairMove, from: number, price: number, inFlight: number, after: readonly number[]): void {
    const key = `${move.to.join(' ')} ${after.join()}`;
    let pair = numbers.get(key);
    if (pair === undefined) {
      pair = sets.push(move.to) - 1;
      made[pair] = after;
      numbers.set(key, pair);
    } else if (settled[pair] || cost[pair]! <= price) return;
    parent[pair] = from;
    by[pair] = move;
    cost[pair] = price;
    flying[pair] = inFlight;
    (queue[price] ??= []).push(pair);
  }

  function tell(apart: ApartHere, pair: number): void {
    const byCalls = isByCalls(apart, labels);
    const price = cost[pair]! + (byCalls ? CALL : 0);
    const operations = Math.floor(price / CALL);
    if (operations > most) return void (beyond = true);
    const told = { ...apart, operations, before: pathTo(pair) };
    if (byCalls) (late[price] ??= []).push(told);
    else found ??= told;
  }

  function pathTo(pair: number): readonly PairMove[] {
    const path: PairMove[] = [];
    for (let at = pair; at > 0; at = parent[at]!) path.unshift(by[at]!);
    return path;
  }
}

/** Only calls tell the sides apart: it takes one more of them. */
export const isByCalls = ({ only }: ApartHere, labels: Labels): boolean =>
  only.flat().every((label) => labels.at(label).kind === 'call');

/** A sorted list of calls with one more. */
export const withCall = (calls: readonly number[], label: number): readonly number[] =>
  [...calls, label].toSorted((x, y) => x - y);

/** Both sorted; each element counts as often as it is there. */
export function contains(all: readonly number[], some: readonly number[]): boolean {
  let at = 0;
  for (const one of all) if (one === some[at]) at++;
  return at === some.length;
}
