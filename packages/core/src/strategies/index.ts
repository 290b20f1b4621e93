import type { Strategy } from '../contract/strategy.ts';
import { domainCompare } from './domain-compare.ts';
import { legacyNotifier } from './legacy-notifier.ts';
import { linux61 } from './linux-6.1.ts';
import { linux66 } from './linux-6.6.ts';
import { linux612 } from './linux-6.12.ts';
import { linux615 } from './linux-6.15.ts';
import { linux73 } from './linux-7.3.ts';
import { siblingScan } from './sibling-scan.ts';
import { v1 } from './v1.ts';
import { v4, v4LostError } from './v4.ts';
import { v7 } from './v7.ts';
import { v8 } from './v8.ts';

/**
 * The strategies to compare, in the order of history. 6.15 is left out: without resets and writes of driver_override it is
 * 7.3.
 */
export const strategies: readonly Strategy[] = Object.freeze([
  legacyNotifier,
  v1,
  domainCompare,
  v4,
  v4LostError,
  siblingScan,
  v7,
  v8,
  linux61,
  linux66,
  linux612,
  linux73,
]);

const checks = new Set([...strategies, linux615].map(({ ownership }) => ownership));

/** Whether its check is one of these, wherever it stands: they do the same in every group. */
export const hasKnownCheck = ({ ownership }: Strategy): boolean => checks.has(ownership);

export { duplicated } from './duplicated.ts';
export {
  domainCompare,
  legacyNotifier,
  linux61,
  linux66,
  linux612,
  linux615,
  linux73,
  siblingScan,
  v1,
  v4,
  v4LostError,
  v7,
  v8,
};
