import type { Watched } from '../watched.ts';
import type { Determined } from './determined.ts';
import type { Labels } from './labels.ts';

/** Something that was seen on both sides, and what only one of them can show next. By number, as {@link Labels} has them. */
export interface ToldApart {
  readonly before: readonly number[];
  readonly only: readonly [readonly number[], readonly number[]];
  /** What each side can show next. */
  readonly next: readonly [readonly number[], readonly number[]];
  /** Calls, with the one that tells the sides apart. */
  readonly operations: number;
}

export interface Telling {
  /** In order of size. */
  readonly found: readonly ToldApart[];
  /** Pairs of sets that were looked at. */
  readonly pairs: number;
  /** Everything up to `most` operations was looked at; if `endless`, everything there is. */
  readonly complete: boolean;
  readonly endless: boolean;
  readonly stoppedBy?: string;
}

interface Sought {
  /** No difference with more operations. */
  readonly most: number;
  /** What makes two differences the same one. Without it, the search ends with the smallest. */
  readonly kindOf?: (told: Omit<ToldApart, 'before'>) => string;
  readonly maxStates: number;
}

/** A difference with fewer calls is smaller; then one with fewer calls while others are in flight; then the first that is found. */
const CALL = 64;

/**
 * Looks for what one side can show and the other cannot after the same, in the product of both, cheapest first. The cost is
 * the number of operations called.
 */
export function* tellingApart(a: Determined, b: Determined, labels: Labels, sought: Sought): Watched<Telling> {
  const left: number[] = [0];
  const right: number[] = [0];
  const parent: number[] = [-1];
  const by: number[] = [-1];
  const cost: number[] = [0];
  const flying: number[] = [0];
  const settled: boolean[] = [];
  const numbers = new Map<number, number>([[0, 0]]);
  const queue: number[][] = [[0]];
  // What only a further call shows has to wait until everything as cheap has been looked at.
  const late: (() => void)[][] = [];
  const kinds = new Set<string>();
  const found: ToldApart[] = [];
  const states = (): number => a.observed.size() + b.observed.size();
  let looked = 0;
  let beyond = false;
  let stoppedBy: string | undefined;

  for (let price = 0; price < Math.max(queue.length, late.length) && !isOver(); price++) {
    for (const tell of late[price] ?? []) tell();
    for (const pair of queue[price] ?? []) {
      if (isOver()) break;
      if (settled[pair] || cost[pair] !== price) continue;
      settled[pair] = true;
      look(pair);
      if (++looked % 500 === 0)
        stoppedBy = yield { states: states(), transitions: looked, depth: Math.floor(price / CALL), bytes: 0 };
      if (states() > sought.maxStates) stoppedBy ??= `after ${sought.maxStates.toLocaleString('en')} states`;
    }
  }
  return {
    found,
    pairs: looked,
    complete: stoppedBy === undefined,
    endless: stoppedBy === undefined && !beyond && (found.length === 0 || sought.kindOf !== undefined),
    ...(stoppedBy !== undefined && { stoppedBy }),
  };

  function isOver(): boolean {
    return stoppedBy !== undefined || (found.length > 0 && !sought.kindOf);
  }

  function look(pair: number): void {
    const [mine, yours] = [a.after(left[pair]!), b.after(right[pair]!)];
    compare(pair, mine, yours);
    for (const [label, to] of mine) {
      const twin = yours.get(label);
      if (twin === undefined) continue;
      const { kind } = labels.at(label);
      const inFlight = flying[pair]!;
      const price = cost[pair]! + (kind === 'call' ? CALL + Math.min(inFlight, 1) : 0);
      if (price >= (sought.most + 1) * CALL) beyond = true;
      else meet(to, twin, pair, label, price, inFlight + (kind === 'call' ? 1 : kind === 'answer' ? -1 : 0));
    }
  }

  function meet(one: number, other: number, from: number, label: number, price: number, inFlight: number): void {
    const key = one * 2 ** 26 + other;
    let pair = numbers.get(key);
    if (pair === undefined) {
      pair = left.push(one) - 1;
      right.push(other);
      numbers.set(key, pair);
    } else if (settled[pair] || cost[pair]! <= price) return;
    parent[pair] = from;
    by[pair] = label;
    cost[pair] = price;
    flying[pair] = inFlight;
    (queue[price] ??= []).push(pair);
  }

  function compare(pair: number, mine: ReadonlyMap<number, number>, yours: ReadonlyMap<number, number>): void {
    const onlyMine = [...mine.keys()].filter((label) => !yours.has(label));
    const onlyYours = [...yours.keys()].filter((label) => !mine.has(label));
    if (onlyMine.length === 0 && onlyYours.length === 0) return;
    const calls = [...onlyMine, ...onlyYours].every((label) => labels.at(label).kind === 'call');
    const price = cost[pair]! + (calls ? CALL : 0);
    const operations = Math.floor(price / CALL);
    if (operations > sought.most) return void (beyond = true);
    const told = { only: [onlyMine, onlyYours], next: [[...mine.keys()], [...yours.keys()]], operations } as const;
    if (calls) (late[price] ??= []).push(() => tell(told, pair));
    else tell(told, pair);
  }

  function tell(told: Omit<ToldApart, 'before'>, pair: number): void {
    const kind = sought.kindOf?.(told) ?? '';
    if (kinds.has(kind)) return;
    kinds.add(kind);
    found.push({ ...told, before: pathTo(pair) });
  }

  function pathTo(pair: number): readonly number[] {
    const path: number[] = [];
    for (let at = pair; at > 0; at = parent[at]!) path.unshift(by[at]!);
    return path;
  }
}
