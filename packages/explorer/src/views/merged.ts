import { noWhen, type Case, type Choice, type When } from './case.ts';
import type { Party } from './parties.ts';

export type Unkeyed = Omit<Case, 'key'>;

/** What a step does for each value that a cell of a party has. */
export interface Way {
  readonly value: number;
  readonly cases: readonly Unkeyed[];
}

/**
 * One case where it makes no difference, but to the party itself, which value its cell has; one for each value else. Of a single value, too,
 * it is kept that he has to have it: he may come to have others.
 */
export function merged(cell: number, party: Party, ways: readonly Way[]): readonly Unkeyed[] {
  const [first, ...rest] = ways;
  if (!first) return [];
  const isSame = rest.every(
    ({ cases }) =>
      cases.length === first.cases.length && cases.every((one, at) => sameBut(party, one, first.cases[at]!)),
  );
  if (!isSame)
    return ways.flatMap(({ value, cases }) =>
      cases.map((one) => {
        const when = [[cell, value] as const, ...(one.when.get(party) ?? noWhen)];
        return { ...one, when: new Map([...one.when, [party, when]]) };
      }),
    );
  return first.cases.map((one, at) => {
    const mine = ways.map(({ cases }) => cases[at]!.to.get(party) ?? []);
    if (rest.length > 0 && mine.every((choices) => sameChoices(choices, mine[0]!))) return one;
    const choices = mine.flatMap((some, index) =>
      (some.length === 0 ? [nothing] : some).map(({ when, what }) => ({
        what,
        when: [[cell, ways[index]!.value] as const, ...when],
      })),
    );
    return { ...one, to: new Map([...one.to, [party, choices]]) };
  });
}

export const keyed = (one: Unkeyed): Case => {
  const whens = [...one.when.values()].map((when) => when.join());
  const tos = [...one.to].map(
    ([{ at }, choices]) => `${at}:${choices.map(({ when, what }) => `${when.join()}=${what.join()}`).join(';')}`,
  );
  return { ...one, key: `${whens.join()} ${tos.join('|')}` };
};

const nothing: Choice = { when: noWhen, what: [] };

/** Whether they are the same to everybody but one. */
function sameBut(but: Party, one: Unkeyed, other: Unkeyed): boolean {
  return (
    one.text === other.text && sameMaps(one.when, other.when, sameWhen) && sameMaps(one.to, other.to, sameChoices, but)
  );
}

function sameMaps<K, V>(
  one: ReadonlyMap<K, V>,
  other: ReadonlyMap<K, V>,
  isSame: (one: V, other: V) => boolean,
  but?: K,
): boolean {
  const sizeOf = (some: ReadonlyMap<K, V>): number => some.size - (but !== undefined && some.has(but) ? 1 : 0);
  if (sizeOf(one) !== sizeOf(other)) return false;
  for (const [key, value] of one) {
    if (key === but) continue;
    const there = other.get(key);
    if (there === undefined || !isSame(value, there)) return false;
  }
  return true;
}

const sameWhen = (one: When, other: When): boolean =>
  one.length === other.length && one.every(([cell, value], at) => other[at]![0] === cell && other[at]![1] === value);

const sameChoices = (one: readonly Choice[], other: readonly Choice[]): boolean =>
  one.length === other.length &&
  one.every(
    ({ when, what }, at) =>
      sameWhen(when, other[at]!.when) &&
      what.length === other[at]!.what.length &&
      what.every((number, index) => number === other[at]!.what[index]),
  );
