import type { Principle } from '@busward/core';
import type { Reduced } from '../search/reduced.ts';
import { judgesOf } from '../judging/judges.ts';
import { pastLooks } from '../leaving-out/past-looks.ts';
import type { Compiled } from '../tables/compile.ts';
import { sameAsFarAsKnown } from '../tables/same-tables.ts';
import type { Arrangement } from './arrangements.ts';
import { devicesAgree } from './agree.ts';
import { deviceExchangeOf, type DeviceExchange } from './exchange.ts';

/** How a system was looked at but for which of like devices is where, if any are alike, with steps taken together. */
export interface Exchanged {
  readonly exchange: DeviceExchange;
  /** The tables that were searched, and have agreed: with steps taken together; then step by step, if anything is broken. */
  readonly searched: readonly Reduced[];
  /** In the first of them operations may have seen anything, and only there devices were exchanged. */
  readonly isPast: boolean;
}

/**
 * Whether a search of `other` would have gone like that one, state by state, to the end: its devices can change places where those of
 * `explored` can, and what is known of the tables of the one, that nothing comes of it among that, is true of the other. Nothing is said
 * where others judge than core, since that may depend on the bus.
 */
export function answersFor(
  { exchange, searched, isPast }: Exchanged,
  explored: Compiled,
  other: Reduced,
  principles: readonly Principle[],
): boolean {
  // Sooner said than all that follows.
  if (explored.nodes.length !== other.nodes.length) return false;
  const judges = judgesOf(other.system, principles);
  if (!judges.ours) return false;
  const isSame = (one: DeviceExchange | undefined): boolean => one !== undefined && sameExchange(exchange, one);
  const past = pastLooks(other);
  const own = [deviceExchangeOf(past, 'loosely'), deviceExchangeOf(past)].find(isSame);
  if (!own) return false;
  // Who is of one kind there need not be so here.
  const notAsked = own.arrangements.filter((one) => !exchange.arrangements.some((asked) => samePlaces(one, asked)));
  const exchanged = isPast ? searched.slice(0, 1) : searched;
  return exchanged.every((tables) => devicesAgree(tables, judges, notAsked)) && sameAsFarAsKnown(explored, other);
}

const samePlaces = ({ nodes: one }: Arrangement, { nodes: other }: Arrangement): boolean =>
  one.every((to, at) => to === other[at]);

const sameExchange = ({ devices: one }: DeviceExchange, { devices: other }: DeviceExchange): boolean =>
  one.cells.every((id, at) => id === other.cells[at]) &&
  one.exchanges.every(({ places }, at) => other.exchanges[at]?.places.every((to, from) => to === places[from]));
