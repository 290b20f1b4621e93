import type { Watched } from '../search/watched.ts';
import { following, type Chase } from './following.ts';
import { INTERNAL } from './labels.ts';
import type { Quotient } from './quotient.ts';

/**
 * Whether each of the two shows whatever the other shows, since each simulates the other. Then no scenario tells them apart,
 * though they need not be bisimilar. `false` is no answer: what does not simulate may show the same, or it took too many pairs.
 */
export function* surelyShowTheSame(quotient: Quotient, maxPairs: number): Watched<boolean> {
  const [first, second] = quotient.first;
  const steps = waysToFollow(quotient);
  const isSame = ([ahead, behind]: Chase): boolean => ahead === behind;
  for (const chase of [
    [first, second],
    [second, first],
  ] as const) {
    const { follows } = yield* following(chase, steps, isSame, maxPairs);
    if (!follows) return false;
  }
  return true;
}

/** How the second of two blocks can follow each step of the first: by the same label, after unseen steps; to the same block, if it can. */
function waysToFollow({ steps, alike }: Quotient): (chase: Chase) => Iterable<Iterable<Chase>> {
  const reached = new Map<number, ReadonlyMap<number, readonly number[]>>();
  const shown = new Map<number, ReadonlySet<number>>();
  return function* ([ahead, behind]) {
    const all = reached.get(behind) ?? reachedFrom(behind);
    reached.set(behind, all);
    const own = steps(ahead);
    for (let at = 0; at < own.length; at += 2) yield ways(own[at + 1]!, all.get(own[at]!) ?? []);
  };

  /** Those that were told apart last come first; who cannot show as much does not follow. */
  function* ways(to: number, all: readonly number[]): Iterable<Chase> {
    if (all.includes(to)) return yield [to, to];
    const wanted = [...labelsOf(to)];
    const ranked = all.flatMap((one) => {
      const labels = labelsOf(one);
      return wanted.every((label) => labels.has(label)) ? [[one, alike(to, one)] as const] : [];
    });
    for (const [one] of ranked.toSorted((x, y) => y[1] - x[1])) yield [to, one];
  }

  /** By label, all that a block can come to after unseen steps; unseen, what is nearest first. */
  function reachedFrom(block: number): ReadonlyMap<number, readonly number[]> {
    const unseen = new Set([block]);
    const by = new Map<number, Set<number>>();
    for (const one of unseen) {
      const own = steps(one);
      for (let at = 0; at < own.length; at += 2) {
        const [label, to] = [own[at]!, own[at + 1]!];
        const known = by.get(label);
        if (label === INTERNAL) unseen.add(to);
        else if (known) known.add(to);
        else by.set(label, new Set([to]));
      }
    }
    return new Map([[INTERNAL, [...unseen]], ...[...by].map(([label, all]) => [label, [...all]] as const)]);
  }

  /** What a block can show next, after unseen steps; there are no circles of them. */
  function labelsOf(block: number): ReadonlySet<number> {
    const known = shown.get(block);
    if (known) return known;
    const labels = new Set<number>();
    const own = steps(block);
    for (let at = 0; at < own.length; at += 2)
      if (own[at] !== INTERNAL) labels.add(own[at]!);
      else for (const one of labelsOf(own[at + 1]!)) labels.add(one);
    shown.set(block, labels);
    return labels;
  }
}
