import { PluginError } from '@busward/core';
import type { Reduced } from '../search/reduced.ts';
import { likeUsersOf } from '../users/like-users.ts';
import { mindNames } from '../likeness/minded.ts';
import type { Watched } from '../search/watched.ts';
import { DevicesUnlike } from './agree.ts';
import { deviceExchangeOf, type DeviceExchange } from './exchange.ts';

/**
 * Searches with like devices exchanged, and with users who are so beside them. `loosely` takes devices to be alike that core knows
 * nothing different of, whatever bus they are on; if tables disagree, it is done again with kinds as they are. Nothing if no
 * devices can be exchanged.
 */
export function* supposingLikeDevices<T>(
  compiled: Reduced,
  loosely: boolean,
  search: (exchange: DeviceExchange, supposed: Reduced) => Watched<T | undefined>,
): Watched<T | undefined> {
  const { likeUsers, ...apart } = compiled;
  const supposing = (exchange: DeviceExchange): Watched<T | undefined> => {
    const beside = likeUsers && likeUsersOf(apart, exchange.devices);
    return search(exchange, { ...apart, ...(beside && { likeUsers: beside }) });
  };
  for (let isLoose = loosely; ;) {
    const exchange = deviceExchangeOf(compiled, isLoose ? 'loosely' : undefined);
    if (exchange && (!isLoose || exchange.isLoose))
      try {
        return yield* supposing(exchange);
      } catch (error) {
        // What a plugin throws then may be thrown where the system never comes.
        if (!(error instanceof PluginError || error instanceof DevicesUnlike)) throw error;
        if (error instanceof DevicesUnlike && error.by === 'minded') continue;
        if (error instanceof DevicesUnlike && !isLoose) mindNames(compiled.system.kernel.strategy);
      }
    if (!isLoose) return undefined;
    isLoose = false;
  }
}
