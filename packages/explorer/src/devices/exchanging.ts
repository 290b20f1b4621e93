import type { Principle } from '@busward/core';
import type { Compiled } from '../compile.ts';
import type { Decided } from '../engine.ts';
import { exchangeOf } from './exchange.ts';
import type { Limits } from '../explore.ts';
import { judgesOf } from '../judges.ts';
import { quotientOf } from './quotient.ts';
import { likeUsersOf } from '../users/like-users.ts';
import type { Watched } from '../watched.ts';

/** A search over more is left to others. */
const MOST = 60_000;
/** From so many orders of like devices on it pays to look at one of them: visiting states is thirty times as fast as putting them in order. */
export const MANY = 24;

/** Decides a system by a search over its states but for which of like devices is where ({@link quotientOf}), if that is soon done. */
export function* exchanging(
  compiled: Compiled,
  principles: readonly Principle[],
  { maxStates }: Limits,
): Watched<Decided | undefined> {
  const exchange = exchangeOf(compiled);
  if (!exchange || exchange.orders < MANY) return undefined;
  const { likeUsers: supposed, ...apart } = compiled;
  const likeUsers = supposed && likeUsersOf(apart, exchange.devices);
  const judges = judgesOf(compiled.system, principles);
  const quotient = yield* quotientOf(
    { ...apart, ...(likeUsers && { likeUsers }) },
    exchange,
    judges,
    Math.min(MOST, maxStates),
  );
  return quotient && { ...quotient, complete: quotient.stoppedBy === undefined, exchanged: true };
}
