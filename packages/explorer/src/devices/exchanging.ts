import type { Principle } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import type { Decided, IsEnough } from '../search/engine.ts';
import type { Limits } from '../search/explore.ts';
import { judgesOf } from '../judging/judges.ts';
import { pastLooks } from '../leaving-out/past-looks.ts';
import type { Watched } from '../search/watched.ts';
import { quotientOf } from './quotient.ts';
import { supposingLike } from './supposing-like.ts';

/** So many states are looked at for ways where it is as quick to look at fewer devices. */
const FEW_FOR_WAYS = 5_000;

/**
 * Decides a system by a search over its states but for which of like devices is where ({@link quotientOf}). Devices that core
 * knows nothing different of are taken to be alike, whatever bus they are on, until tables disagree; but what others judge may
 * depend on the bus. Nothing if there are more than `maxStates`, or if what is broken `isEnough`.
 */
export function* exchanging(
  compiled: Compiled,
  principles: readonly Principle[],
  limits: Limits,
  isEnough: IsEnough,
): Watched<Decided | undefined> {
  const judges = judgesOf(compiled.system, principles);
  const past = pastLooks(compiled);
  const isPast = past !== compiled;
  return yield* supposingLike(past, judges.ours, function* (exchange, supposed): Watched<Decided | undefined> {
    if (exchange.orders === 1) return undefined;
    // What was found past looks may not be so step by step.
    const forWays = isPast ? 0 : Math.min(limits.maxStates, FEW_FOR_WAYS);
    const quotient = yield* quotientOf(supposed, exchange, judges, limits, forWays, isEnough);
    if (!quotient) return undefined;
    const { searched, ...found } = quotient;
    return { ...found, complete: quotient.stoppedBy === undefined, exchanged: { exchange, searched, isPast } };
  });
}
