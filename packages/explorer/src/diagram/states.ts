import type { Workshop } from './apply.ts';
import { NOTHING, pairCache, put, draft } from './forest.ts';
import { NEVER } from './rules.ts';

/** A state, and what a rule makes of it: one value for each level, from the bottom up. */
export interface Step {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** A state of `set` that the rule applies to, and does so down to its end. With `wanted`, one that it makes exactly that of. */
export function stepIn(workshop: Workshop, set: number, rule: number, wanted?: readonly number[]): Step | undefined {
  return stepBelow(workshop, workshop.values.top, set, rule, wanted);
}

function stepBelow(
  { forest, rules }: Workshop,
  top: number,
  set: number,
  rule: number,
  wanted?: readonly number[],
): Step | undefined {
  const before: number[] = [];
  const after: number[] = [];
  const failed = pairCache();
  return below(top, set, rule) ? { before, after } : undefined;

  function below(level: number, node: number, left: number): boolean {
    if (node === NOTHING || left === NEVER || failed.get(node, left) === 0) return false;
    if (level < 0) return true;
    for (let at = 0; at < forest.width(node); at++) {
      const value = forest.value(node, at);
      const next = rules.level(left) < level ? [value, left] : rules.after(left, value);
      for (let one = 0; one < next.length; one += 2) {
        if (wanted && wanted[level] !== next[one]) continue;
        before[level] = value;
        after[level] = next[one]!;
        if (below(level - 1, forest.child(node, at), next[one + 1]!)) return true;
      }
    }
    failed.set(node, left, 0);
    return false;
  }
}

/** A state of `set` from which one step leads to `after`. */
export function stateBefore(workshop: Workshop, set: number, after: readonly number[]): readonly number[] | undefined {
  const { forest, values, relation } = workshop;
  let node = set;
  // The levels above stay as they are: the step is about this one, or about lower ones.
  for (let level = values.top; level >= 0; level--) {
    let same = NOTHING;
    for (let at = 0; at < forest.width(node); at++) {
      const value = forest.value(node, at);
      const steps = relation.steps(level, value);
      for (let one = 0; one < steps.length; one += 2) {
        if (steps[one] !== after[level]) continue;
        const found = stepBelow(workshop, level - 1, forest.child(node, at), steps[one + 1]!, after);
        if (found) return [...found.before, value, ...after.slice(level + 1)];
      }
      if (value === after[level]) same = forest.child(node, at);
    }
    if (same === NOTHING) return undefined;
    node = same;
  }
  return undefined;
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

/** Of a set: its states in which exactly `many` of the places taken are such. */
export function placesCounter(
  { forest, values }: Workshop,
  such: (place: number) => boolean,
): (set: number, many: number) => number {
  const known = pairCache();
  const counts = Array.from({ length: values.top + 1 }, (): number[] => []);
  const countAt = (level: number, value: number): number =>
    (counts[level]![value] ??= values.places(level, value).filter(such).length);
  return (set, many) => below(values.top, set, many);

  function below(level: number, node: number, left: number): number {
    if (left < 0 || node === NOTHING) return NOTHING;
    if (level < 0) return left === 0 ? node : NOTHING;
    const before = known.get(node, left);
    if (before >= 0) return before;
    const work = draft();
    for (let at = 0; at < forest.width(node); at++) {
      const value = forest.value(node, at);
      const some = below(level - 1, forest.child(node, at), left - countAt(level, value));
      if (some !== NOTHING) put(work, value, some);
    }
    return known.set(node, left, forest.make(work));
  }
}

/** One state of a set that is not empty. */
export function anyState({ forest, values }: Workshop, set: number): readonly number[] {
  const state: number[] = [];
  for (let level = values.top, node = set; level >= 0; node = forest.child(node, 0), level--)
    state[level] = forest.value(node, 0);
  return state;
}
