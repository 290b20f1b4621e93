/** So many names have a place each, if they differ in a number at the end only. */
export const FEW = 3;

/** `dpcon.0-95`, of names that differ in their last number. */
export function namesText(names: readonly string[]): string {
  const [first = '', ...others] = names;
  if (others.length === 0) return first;
  const stem = stemOf(first);
  const numbers = names.map((name) => Number(name.slice(stem.length))).toSorted((a, b) => a - b);
  const runs: [from: number, to: number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return stem + runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** Things by a driver and the names of their devices, many that are alike together. */
export function likeNames<T>(
  things: readonly T[],
  nameOf: (thing: T) => string,
  driverOf: (thing: T) => string,
): readonly (readonly [T, ...T[]])[] {
  const alike = new Map<string, [T, ...T[]]>();
  const keyOf = (thing: T): string => `${driverOf(thing)} ${stemOf(nameOf(thing))}`;
  for (const thing of things) {
    const same = alike.get(keyOf(thing));
    if (same) same.push(thing);
    else alike.set(keyOf(thing), [thing]);
  }
  return [...alike.values()].flatMap((same): readonly (readonly [T, ...T[]])[] =>
    same.length > FEW ? [same] : same.map((one) => [one] as const),
  );
}

/** `dpcon.` of `dpcon.12`; a number with zeros in front is part of the name. */
export const stemOf = (name: string): string => name.replace(/(?<!\d)(?:0|[1-9]\d*)$/, '');
