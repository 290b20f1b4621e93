import type { Workshop } from './apply.ts';
import { NOTHING, pairCache } from './forest.ts';

/** A state, and what the chains make of it: one value for each level, from the bottom up. */
export interface Step {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** A state of `set` that the chains apply to. With `wanted`, one that they make exactly that of. */
export function stepIn(
  { forest, values, chains }: Workshop,
  set: number,
  some: number,
  wanted?: readonly number[],
): Step | undefined {
  const before: number[] = [];
  const after: number[] = [];
  const failed = pairCache();
  return below(values.top, set, some) ? { before, after } : undefined;

  function below(level: number, node: number, left: number): boolean {
    if (node === NOTHING || left === chains.none || failed.get(node, left) === 0) return false;
    if (level < 0) return true;
    for (let at = 0; at < forest.width(node); at++) {
      const value = forest.value(node, at);
      const child = forest.child(node, at);
      const next = chains.level(left) < level ? [value, left] : chains.after(left, level, value);
      for (let one = 0; one < next.length; one += 2) {
        if (wanted && wanted[level] !== next[one]) continue;
        before[level] = value;
        after[level] = next[one]!;
        if (below(level - 1, child, next[one + 1]!)) return true;
      }
    }
    failed.set(node, left, 0);
    return false;
  }
}

/** A state of `set` from which one step leads to `after`. */
export function stateBefore(workshop: Workshop, set: number, after: readonly number[]): readonly number[] | undefined {
  const { forest, values, relation } = workshop;
  const above: number[] = [];
  return below(values.top, set);

  /** The levels above stay as they are: the step is about this one, or about lower ones. */
  function below(level: number, node: number): readonly number[] | undefined {
    if (level < 0) return undefined;
    for (let at = 0; at < forest.width(node); at++) {
      const steps = relation.steps(level, forest.value(node, at));
      for (let one = 0; one < steps.length; one += 2) {
        if (steps[one] !== after[level]) continue;
        const below = { ...workshop, values: { ...values, top: level - 1 } };
        const found = stepIn(below, forest.child(node, at), steps[one + 1]!, after);
        if (found) return [...found.before, forest.value(node, at), ...above];
      }
    }
    for (let at = 0; at < forest.width(node); at++)
      if (forest.value(node, at) === after[level]) {
        above.unshift(after[level]!);
        return below(level - 1, forest.child(node, at));
      }
    return undefined;
  }
}

/** Every end of their own that chains come to in `set`. */
export function endsIn({ forest, values, chains }: Workshop, set: number, some: number): ReadonlySet<number> {
  const ends = new Set<number>();
  const seen = pairCache();
  below(values.top, set, some);
  return ends;

  function below(level: number, node: number, left: number): void {
    if (left === chains.none || seen.get(node, left) === 0) return;
    seen.set(node, left, 0);
    for (const end of chains.ends(left)) ends.add(end);
    const highest = chains.level(left);
    if (highest < 0) return;
    for (let at = 0; at < forest.width(node); at++) {
      if (highest < level) {
        below(level - 1, forest.child(node, at), left);
        continue;
      }
      const next = chains.after(left, level, forest.value(node, at));
      for (let one = 1; one < next.length; one += 2) below(level - 1, forest.child(node, at), next[one]!);
    }
  }
}

/** How many states there are. `weigh`: how many states one of a local value stands for, as a part of `unit`. */
export function countOf(
  { forest, values }: Workshop,
  set: number,
  weigh?: { readonly of: (places: readonly number[]) => bigint; readonly unit: bigint },
): bigint {
  const known = new Map<number, bigint>([
    [0, 0n],
    [1, 1n],
  ]);
  const all = below(values.top, set);
  return weigh ? all / weigh.unit ** BigInt(values.top) : all;

  function below(level: number, node: number): bigint {
    const before = known.get(node);
    if (before !== undefined) return before;
    let sum = 0n;
    for (let at = 0; at < forest.width(node); at++) {
      const child = below(level - 1, forest.child(node, at));
      sum += weigh ? child * weigh.of(values.places(level, forest.value(node, at))) : child;
    }
    known.set(node, sum);
    return sum;
  }
}

/** The states of `set` in which exactly `many` of the places taken are such. */
export function withPlaces(
  { forest, values }: Workshop,
  set: number,
  many: number,
  such: (place: number) => boolean,
): number {
  const known = pairCache();
  const counts = Array.from({ length: values.top + 1 }, (): number[] => []);
  const countAt = (level: number, value: number): number =>
    (counts[level]![value] ??= values.places(level, value).filter(such).length);
  return below(values.top, set, many);

  function below(level: number, node: number, left: number): number {
    if (left < 0 || node === NOTHING) return NOTHING;
    if (level < 0) return left === 0 ? node : NOTHING;
    const before = known.get(node, left);
    if (before >= 0) return before;
    const frame = new Int32Array(values.size(level));
    for (let at = 0; at < forest.width(node); at++) {
      const value = forest.value(node, at);
      frame[value] = below(level - 1, forest.child(node, at), left - countAt(level, value));
    }
    return known.set(node, left, forest.make(frame, frame.length));
  }
}
