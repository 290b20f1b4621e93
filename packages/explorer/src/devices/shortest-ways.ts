import { breachText, missingIn, type Breach } from '../search/breach.ts';
import type { Limits, Violation } from '../search/explore.ts';
import type { Reduced } from '../search/reduced.ts';
import type { Judges } from '../judging/judges.ts';
import { visiting, type Visited } from '../search/visiting.ts';
import { endSearch, type Watched } from '../search/watched.ts';
import { seeThatAlike } from './agree.ts';
import { LINEAR_AFTER, ofLikes, type Stopped } from './at-most.ts';
import type { DeviceExchange } from './exchange.ts';
import { devicesInOrder } from './in-order.ts';

/** Shortest ways, of each device that takes part one. */
export interface Ways {
  readonly kind: 'ways';
  readonly states: number;
  readonly violations: readonly Violation[];
}

/**
 * Looks step by step, breadth first, at one of all states that differ only in which of the like devices is where and who of like users
 * is who, until everything that is `wanted` was found. Nothing if there are more than `maxStates`, or if a count leaves its range that
 * nobody judges. Throws DevicesUnlike or UsersUnlike if tables do not agree.
 */
export function* lookingForWays(
  compiled: Reduced,
  exchange: DeviceExchange,
  judges: Judges,
  wanted: readonly Breach[],
  limits: Limits,
): Watched<Ways | Stopped | undefined> {
  const search = visiting(
    { ...compiled, likeDevices: devicesInOrder(compiled, exchange.devices) },
    judges,
    { linearAfter: LINEAR_AFTER, ...limits },
    told,
    (broken) => (missingIn(ofLikes(exchange, broken), wanted).length === 0 ? 'all' : undefined),
  );
  let stoppedBy: string | undefined;
  try {
    let far = search.next();
    for (let reports = 0; !far.done; reports++) {
      // Most that are not alike show it at once, if one arrangement is asked.
      if (reports === 1) seeThatAlike(compiled, judges, exchange.arrangements.slice(-1));
      far = search.next((stoppedBy = yield far.value));
    }
    return far.value;
  } finally {
    endSearch(search);
  }

  function told({ states, ended, overflow, found, wayTo }: Visited): Ways | Stopped | undefined {
    if (stoppedBy !== undefined) return { kind: 'stopped', states, ended: { kind: 'stopped', by: stoppedBy } };
    if (ended.kind === 'stopped' || overflow !== undefined) return undefined;
    // After that of users, who are exchanged in what came up, and devices in all of it.
    seeThatAlike(compiled, judges, exchange.arrangements);
    const violations = new Map<string, Violation>();
    for (const one of found) {
      if (violations.has(breachText(one))) continue;
      const { principle } = one;
      const { device, path } = wayTo(one, exchange.likes(one.device));
      for (const by of exchange.likes(device)) {
        const way = { principle, device: by, path: exchange.exchanged(path, device, by) };
        violations.set(breachText(way), way);
      }
    }
    return { kind: 'ways', states, violations: [...violations.values()] };
  }
}
