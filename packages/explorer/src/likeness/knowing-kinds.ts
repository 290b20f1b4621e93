import type { Machine, Strategy } from '@busward/core';
import { looksAtNames, mindedSame, mindedSoFar, mindsOtherGroups, tellsGroupsApart } from './minded.ts';
import type { Watched } from '../search/watched.ts';

/**
 * Runs what takes like devices for one another; again, if something came to be minded meanwhile that tells devices apart. So what
 * it says, or throws, is true of devices that were alike to the end.
 */
export function* knowingKinds<T>(
  { devices }: Machine,
  strategies: readonly Strategy[],
  run: () => Watched<T>,
): Watched<T> {
  for (;;) {
    const before = strategies.map((strategy) => ({
      strategy,
      soFar: mindedSoFar(strategy),
      beyond: beyondKinds(strategy),
    }));
    const areStillAlike = (): boolean =>
      before.every(
        ({ strategy, soFar, beyond }) =>
          mindedSoFar(strategy) === soFar || (beyond === beyondKinds(strategy) && mindedSame(devices, strategy)),
      );
    try {
      const result = yield* run();
      if (areStillAlike()) return result;
    } catch (error) {
      if (areStillAlike()) throw error;
    }
  }
}

const beyondKinds = (strategy: Strategy): string =>
  [looksAtNames, tellsGroupsApart, mindsOtherGroups].map((minds) => minds(strategy)).join();
