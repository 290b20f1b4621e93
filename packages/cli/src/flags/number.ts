/* What flags mean by a number. Each throws an Error that says what was expected. */

/** `5000`: something that is counted. */
export function atLeastOne(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error('expected a whole number, at least 1');
}

/** `8`: something that there can be so many of at most. */
export function numberUpTo(most: number, text: string): number {
  const number = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  if (number <= most) return number;
  throw new Error(`expected a number from 1 to ${most}`);
}

/** `90`, `90s`, `5m`, `1h` in seconds. */
export function secondsOf(text: string): number {
  const [, number, unit] = /^([1-9]\d*)([smh]?)$/.exec(text) ?? [];
  if (number === undefined) throw new Error('expected a time like 90, 90s, 5m or 1h');
  return Number(number) * (unit === 'h' ? 3600 : unit === 'm' ? 60 : 1);
}

/** `500M`, `4G` in bytes. */
export function bytesOf(text: string): number {
  const [, number, unit] = /^([1-9]\d*)([KMGT])i?B?$/.exec(text) ?? [];
  if (number === undefined) throw new Error('expected a size like 500M or 4G');
  return Number(number) * 2 ** (10 * (1 + 'KMGT'.indexOf(unit!)));
}
