import type { Happening } from '@busward/core';

/** Whether the one tells what the other does, but for what is only printed; `becomes` says what the other calls a value of the one. */
export function sameEvents(
  mine: readonly Happening[],
  yours: readonly Happening[],
  becomes: (value: unknown, key: string) => unknown,
): boolean {
  if (mine.length !== yours.length) return false;
  // Spelled out: it is asked in every situation in which something is told.
  for (let at = 0; at < mine.length; at++) {
    const told: readonly (readonly [string, unknown])[] = Object.entries(mine[at]!);
    const other = new Map<string, unknown>(Object.entries(yours[at]!));
    if (told.length !== other.size) return false;
    for (const [key, value] of told) if (key !== 'text' && becomes(value, key) !== other.get(key)) return false;
  }
  return true;
}

/**
 * Which event of the one is which of the other, in whatever order: each is judged by itself. Nothing if the two do not tell the same.
 */
export function pairedEvents(
  mine: readonly Happening[],
  yours: readonly Happening[],
  becomes: Parameters<typeof sameEvents>[2],
): readonly (readonly [Happening, Happening])[] | undefined {
  if (mine.length !== yours.length) return undefined;
  const left = [...yours];
  const pairs: [Happening, Happening][] = [];
  for (const event of mine) {
    const at = left.findIndex((one) => sameEvents([event], [one], becomes));
    if (at < 0) return undefined;
    pairs.push([event, left.splice(at, 1)[0]!]);
  }
  return pairs;
}
