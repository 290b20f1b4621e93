import type { Bus, Machine, Strategy } from '@busward/core';
import { kindsOf } from './kinds.ts';
import { mindedUnder } from './minded.ts';
import type { Watched } from './watched.ts';

/**
 * Runs what takes like devices for one another; again, if something came to be minded meanwhile by which they are told apart. So
 * what it says, or throws, is true of devices that were alike to the end.
 */
export function* knowingKinds<T>(
  machine: Machine,
  buses: readonly Bus[],
  strategies: readonly Strategy[],
  run: () => Watched<T>,
): Watched<T> {
  for (;;) {
    const before = strategies.map((strategy) => ({
      strategy,
      minded: mindedUnder(strategy).size,
      kinds: namesIn(strategy),
    }));
    const areStill = (): boolean =>
      before.every(
        ({ strategy, minded, kinds }) => mindedUnder(strategy).size === minded || namesIn(strategy) === kinds,
      );
    try {
      const result = yield* run();
      if (areStill()) return result;
    } catch (error) {
      if (areStill()) throw error;
    }
  }

  function namesIn(strategy: Strategy): string {
    return JSON.stringify(kindsOf(machine, buses, strategy).map(({ devices }) => devices.map(({ name }) => name)));
  }
}
