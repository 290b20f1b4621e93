import { PluginError } from './plugin-error.ts';

/** The series whose sources were read last: of what came later nothing is known. */
export const newestVersion = '7.3';

/** -1, 0 or 1, as Linux versions are ordered: `5.10` < `6.1` < `6.1.176` < `6.12`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(numbers) as [number[], number[]];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/**
 * Whether Linux `version` contains a commit: it is as new as the mainline version that first had it, or is of a stable
 * series that took it over. Backports make versions a partial order, so `since` is a list.
 */
export function contains(since: readonly [string, ...string[]], version: string): boolean {
  const [mainline, ...stable] = since;
  if (compareVersions(mainline, version) <= 0) return true;
  return stable.some((one) => seriesOf(one) === seriesOf(version) && compareVersions(one, version) <= 0);
}

/** `6.1` of `6.1.176`. */
export const seriesOf = (version: string): string => numbers(version).slice(0, 2).join('.');

function numbers(version: string): number[] {
  if (!/^\d+(\.\d+)+$/.test(version))
    throw new PluginError(`'${version}' is no Linux version; write it like 6.12 or 6.1.176`);
  return version.split('.').map(Number);
}
