import type { Machine, Strategy } from '@busward/core';
import { mindedSame, mindedUnder } from './minded.ts';
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
    const before = strategies.map((strategy) => ({ strategy, size: mindedUnder(strategy).size }));
    const areStillAlike = (): boolean =>
      before.every(({ strategy, size }) => mindedUnder(strategy).size === size || mindedSame(devices, strategy));
    try {
      const result = yield* run();
      if (areStillAlike()) return result;
    } catch (error) {
      if (areStillAlike()) throw error;
    }
  }
}
