import { PluginError, type Principle } from '@busward/core';
import type { Compiled } from '../compile.ts';
import type { Decided } from '../engine.ts';
import { Unlike } from './agree.ts';
import { exchangeOf, type Exchange } from './exchange.ts';
import type { Limits } from '../explore.ts';
import { judgesOf, type Judges } from '../judges.ts';
import type { IsEnough } from './orbits.ts';
import { quotientOf } from './quotient.ts';
import { likeUsersOf } from '../users/like-users.ts';
import type { Watched } from '../watched.ts';

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
  limits: Limits,
  isEnough?: IsEnough,
): Watched<Decided | undefined> {
  const judges = judgesOf(compiled.system, principles);
  // What others judge may depend on the bus. Where nothing else is at hand the search that is under way is not kept waiting for a guess.
  const loosely = judges.ours && isEnough ? exchangeOf(compiled, 'loosely') : undefined;
  if (loosely && loosely.arrangements.length > 0)
    try {
      return yield* deciding(compiled, loosely, judges, limits, isEnough);
    } catch (error) {
      // What a plugin throws then may be thrown where the system never comes.
      if (!(error instanceof PluginError || error instanceof Unlike)) throw error;
    }
  const strictly = exchangeOf(compiled);
  return strictly && (yield* deciding(compiled, strictly, judges, limits, isEnough));
}

function* deciding(
  compiled: Compiled,
  exchange: Exchange,
  judges: Judges,
  { maxStates }: Limits,
  isEnough?: IsEnough,
): Watched<Decided | undefined> {
  if (exchange.orders < (isEnough ? SOME : MANY)) return undefined;
  const { likeUsers: supposed, ...apart } = compiled;
  const likeUsers = supposed && likeUsersOf(apart, exchange.devices);
  const quotient = yield* quotientOf(
    { ...apart, ...(likeUsers && { likeUsers }) },
    exchange,
    judges,
    Math.min(MOST, maxStates),
    isEnough,
  );
  if (!quotient) return undefined;
  const { searched, ...found } = quotient;
  return { ...found, complete: quotient.stoppedBy === undefined, exchanged: { exchange, searched } };
}
