import type { Principle } from '@busward/core';
import type { Compiled } from '../compile.ts';
import type { Decided, IsEnough } from '../engine.ts';
import type { Limits } from '../explore.ts';
import { judgesOf } from '../judges.ts';
import type { Watched } from '../watched.ts';
import { quotientOf } from './quotient.ts';
import { supposingLike } from './supposing-like.ts';

/** A search over more is left to others. */
const MOST = 60_000;
/** From so many orders of like devices on it pays to look at one of them: visiting states is thirty times as fast as putting them in order. */
const MANY = 24;
/** And from so many on where pictures would be drawn else, each of which takes as long. */
export const SOME = 12;

/**
 * Decides a system by a search over its states but for which of like devices is where ({@link quotientOf}), if that is soon
 * done. With `isEnough` devices that core knows nothing different of are taken to be alike, whatever bus they are on, until
 * tables disagree.
 */
export function* exchanging(
  compiled: Compiled,
  principles: readonly Principle[],
  { maxStates }: Limits,
  isEnough?: IsEnough,
): Watched<Decided | undefined> {
  const judges = judgesOf(compiled.system, principles);
  // What others judge may depend on the bus. Where nothing else is at hand the search that is under way is not kept waiting for a guess.
  const loosely = judges.ours && isEnough !== undefined;
  return yield* supposingLike(compiled, loosely, function* (exchange, supposed): Watched<Decided | undefined> {
    if (exchange.orders < (isEnough ? 2 : MANY)) return undefined;
    const most = isEnough ? maxStates : Math.min(MOST, maxStates);
    const quotient = yield* quotientOf(supposed, exchange, judges, most, isEnough);
    if (!quotient) return undefined;
    const { searched, ...found } = quotient;
    return { ...found, complete: quotient.stoppedBy === undefined, exchanged: { exchange, searched } };
  });
}
