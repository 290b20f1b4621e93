import { ofTwoRuns, principles as ours, type Principle } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import { applies, areOurs, byNumber, type Judges } from '../judging/judges.ts';
import { groupBy } from '../group-by.ts';

/** What Spin can be asked for with -D, and what the head of the file says of it. */
interface Monitors {
  readonly about: readonly string[];
  readonly lines: readonly string[];
}

/**
 * A process for each principle that a state shows to be broken, there only if it is asked for; to ask for another stops Spin.
 * `names` are the cells' in Promela, and `crashes` those names that say that the kernel has crashed.
 */
export function monitorsOf(
  { system }: Compiled,
  judges: Judges,
  names: ReadonlyMap<number, string>,
  crashes: readonly string[],
): Monitors {
  const stated = new Set(judges.states.map(({ principle }) => principle.id));
  const crash = judges.given.filter(isOfCrashes).map(({ id }) => id);
  const monitored = [...stated, ...crash].toSorted(byNumber);
  const known = new Map([...ours, ...judges.given].map((principle) => [principle.id, principle]));
  const others = [...new Set([...known.keys(), ...ofTwoRuns])]
    .filter((id) => !monitored.includes(id))
    .toSorted(byNumber)
    .map((id) => ({ id, why: whyNot(known.get(id)) }));
  return {
    about: about(),
    lines: [
      ...monitored.flatMap((id) => monitor(id, stated.has(id) ? situationsOf(id) : crashes)),
      ...others.flatMap(({ id, why }) => [`#ifdef ${id}`, `#error "${id} has no monitor: ${why}"`, '#endif']),
    ],
  };

  function whyNot(principle: Principle | undefined): string {
    if (!principle) return 'a comparison of two runs';
    if (!judges.given.includes(principle)) return 'not among the principles that were exported';
    if (!applies(system, principle)) return 'of a count, and the strategy keeps none';
    return 'judged when something happens, which no state shows';
  }

  function situationsOf(id: string): readonly string[] {
    return judges.states
      .filter(({ principle }) => principle.id === id)
      .flatMap(({ table }) => table.learned())
      .filter(({ entry }) => entry.result !== 0)
      .map(({ reads, values }) => `(${reads.map((cell, at) => `${names.get(cell)} == ${values[at]}`).join(' && ')})`);
  }

  function about(): readonly string[] {
    const inPart = judges.given.filter(({ id, events }) => events && stated.has(id)).map(({ id }) => id);
    return [
      'Without a -D nothing is asserted: Spin counts states and transitions. -D is for spin -a alone, since P1 is also',
      'a type of pan.h. A name that is not below does nothing.',
      `Monitors: ${monitored.map((id) => `-D${id}`).join(' ')}`,
      ...crash.map((id) => `  ${id}: a crash`),
      ...inPart.map((id) => `  ${id}: in states; it is also judged when something happens, and not here`),
      ...(stated.has('P4') ? ['  P4: in states; a step by which a count leaves its range is left out'] : []),
      'No monitor, and Spin stops:',
      ...[...groupBy(others, ({ why }) => why)].map(([why, some]) => `  ${some.map(({ id }) => id).join(' ')}: ${why}`),
      'What a scenario itself asks for (never, when, sometimes, always) is not exported.',
      "Steps and monitors hold the situations that Busward's search has met, and no others; a monitor of `false` is one",
      "for which it met none. Spin goes through the states by itself, but which of them break a principle is Busward's",
      'verdict, repeated: -DP1 does not judge P1 a second time.',
    ];
  }
}

function monitor(id: string, broken: readonly string[]): readonly string[] {
  const fails = broken.length === 0 ? 'false' : broken.join(' ||\n    ');
  return [
    `#ifdef ${id}`,
    `active proctype monitor_${id}()`,
    '{',
    `  atomic { ${fails} -> assert(false) }`,
    '}',
    '#endif',
  ];
}

/** Core's P14, broken by every crash; another's may be by some. */
const isOfCrashes = (principle: Principle): boolean =>
  areOurs([principle]) && principle.states === undefined && Object.keys(principle.events ?? {}).join() === 'crashed';
