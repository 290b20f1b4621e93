import type { Principle } from '@busward/core';
import type { Reduced } from '../search/reduced.ts';
import { judgesOf } from '../judging/judges.ts';
import { pastLooks } from '../leaving-out/past-looks.ts';
import { sameInPlace } from '../tables/same-tables.ts';
import { devicesAgree } from './agree.ts';
import { deviceExchangeOf, type DeviceExchange } from './exchange.ts';
import { tablesOf } from './exchanging.ts';

/** How a system was looked at but for which of like devices is where, if any are alike, with steps taken together. */
export interface Exchanged {
  readonly exchange: DeviceExchange;
  /** Those of {@link tablesOf} that were searched, and have agreed. */
  readonly searched: readonly Reduced[];
  /** In the first of them operations may have seen anything, and only there devices were exchanged. */
  readonly isPast: boolean;
}

/**
 * Whether a search of `other` would have gone like that one, state by state, to the end: in every situation that came up its
 * tables do the same, its devices can change places where those can, and its tables agree that they can. Nothing is said where
 * others judge than core, since that may depend on the bus.
 */
export function answersFor(
  { exchange, searched, isPast }: Exchanged,
  other: Reduced,
  principles: readonly Principle[],
): boolean {
  // Sooner said than all that follows.
  if (searched[0]?.nodes.length !== other.nodes.length) return false;
  const judges = judgesOf(other.system, principles);
  if (!judges.ours) return false;
  const isSame = (one: DeviceExchange | undefined): boolean => one !== undefined && sameExchange(exchange, one);
  const past = pastLooks(other);
  const own = [deviceExchangeOf(past, 'loosely'), deviceExchangeOf(past)].find(isSame);
  if (!own) return false;
  const tables = tablesOf(other, judges, past, searched[0].moved?.unmoved);
  const exchanged = isPast ? searched.slice(0, 1) : searched;
  // What the tables learn by being asked whether devices can change places did not come up.
  return (
    searched.every((one, at) => sameInPlace(one, tables[at]!)) &&
    exchanged.every((_, at) => devicesAgree(tables[at]!, judges, own.arrangements, tables[at - 1]))
  );
}

const sameExchange = ({ devices: one }: DeviceExchange, { devices: other }: DeviceExchange): boolean =>
  one.cells.every((id, at) => id === other.cells[at]) &&
  one.exchanges.every(({ places }, at) => other.exchanges[at]?.places.every((to, from) => to === places[from]));
