import type { CrowdResult } from '../crowd/result.ts';
import type { Decided } from '../search/engine.ts';
import { groupBy } from '../group-by.ts';

/** Users who were exchanged, in sentences. */
export function alikeIn(all: readonly Pick<Decided, 'alike'>[]): readonly string[] {
  const classes = all.flatMap(({ alike = [] }) => alike.map(String));
  return [...groupBy(classes, (names) => names)].map(
    ([names, { length }]) =>
      `${names.replaceAll(',', ', ')} are alike in every table${length < all.length ? ` (of ${length} systems of ${all.length})` : ''}: of states that differ in who is who one was visited`,
  );
}

/** Systems in which states were taken for one another, or more was looked at than can be, in sentences. */
export function exchangedIn(all: readonly Decided[], pictures: readonly CrowdResult[]): readonly string[] {
  const orders = all.flatMap(({ exchanged }) => exchanged?.exchange.orders ?? []);
  const say = (many: number, what: string): readonly string[] =>
    many === 0 ? [] : [`in ${many === 1 ? 'a system' : `${many} systems`} ${what}`];
  const together = 'steps under a lock were taken together';
  return [
    ...say(
      orders.filter((of) => of > 1).length,
      `one was looked at of states that differ in which of like devices is where, and ${together}`,
    ),
    ...say(orders.filter((of) => of === 1).length, together),
    ...say(
      all.filter(({ exchanged }) => exchanged?.searched[0]?.moved !== undefined).length,
      'a step was taken together with the one before or after it, too, where nobody minds what is between them',
    ),
    ...say(
      [...all.map(({ exchanged }) => exchanged), ...pictures].filter((one) => one?.isPast).length,
      'an operation that begins by looking at one thing after another was taken to have seen anything',
    ),
  ];
}

/** What searches left out, in sentences. */
export const notFollowedIn = (searches: readonly Decided[], pictures: readonly CrowdResult[]): readonly string[] => [
  ...new Set([
    ...searches.flatMap(({ overflow, stoppedBy, enough }) => [
      ...(enough === 'the worst'
        ? ['not every state was looked at: among many, the worst there is had been broken on every bus']
        : []),
      ...(overflow === undefined ? [] : [`not followed, where P4 is not judged: ${overflow}`]),
      ...(stoppedBy === undefined ? [] : [`a search was stopped ${stoppedBy}: what it had not found is undecided`]),
    ]),
    ...pictures.flatMap(({ stoppedBy }) =>
      stoppedBy === undefined ? [] : [`what a crowd can do was not seen whole, ${stoppedBy}`],
    ),
  ]),
];
