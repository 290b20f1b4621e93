import { count, describeOperation } from '@busward/core';
import type { Checked, Scenario } from '@busward/scenario';
import { shapeOf } from '@busward/scenario/shape';
import { byVersion } from './by-version.ts';
import { table, wrap, type Page } from './columns.ts';
import { witnessLines } from './witness.ts';

/** A scenario, and what became of it under each of some variants. */
export interface CheckedScenario {
  readonly scenario: Scenario;
  readonly results: readonly (Checked & { readonly expected?: 'holds' | 'fails' })[];
}

export type Fact = Scenario['condition']['facts'][number];

type Result = CheckedScenario['results'][number];

/**
 * One scenario with its witnesses; of several, a line each, and more of those that are not as expected. `engine` is who
 * decided, where that was asked for.
 */
export function checksText(
  all: readonly CheckedScenario[],
  page: Page,
  engine?: { readonly name: string; readonly says: string },
): string {
  const [only, ...others] = all;
  const lines = only && others.length === 0 ? scenarioLines(only, page) : suiteLines(all, page);
  const decided = engine ? ['', ...wrap(`engine ${engine.name}: ${engine.says}`, page.width)] : [];
  return `${[...lines, ...decided].join('\n')}\n`;
}

/** Whether every verdict is the expected one, if one is expected; a vacuous or undecided one never is: it answers nothing. */
export const isAsExpected = ({ results }: CheckedScenario): boolean => !results.some(isOdd);

export const isOdd = ({ verdict, expected }: Result): boolean =>
  verdict === 'vacuous' || verdict === 'undecided' || (expected !== undefined && verdict !== expected);

function suiteLines(all: readonly CheckedScenario[], page: Page): readonly string[] {
  const isOpen = all.some(({ results }) => results.some(({ verdict }) => verdict === 'undecided'));
  const verdicts = ['holds', 'fails', ...(isOpen ? ['undecided'] : [])];
  const rows = all.map((one) => [
    { text: one.scenario.file },
    ...verdicts.map((verdict) => ({ text: variantsThat(verdict, one.results) })),
    { text: isAsExpected(one) ? (isExpected(one) ? 'yes' : '-') : isOnlyOpen(one) ? 'undecided' : 'NO' },
  ]);
  const odd = all.filter((one) => !isAsExpected(one));
  const open = odd.filter(isOnlyOpen).length;
  const good = all.filter((one) => isAsExpected(one) && isExpected(one)).length;
  const judged = good + odd.length;
  const free = all.length - judged;
  const counted = [
    ...(judged > 0 ? [`${good} of ${judged} scenarios are as expected${open > 0 ? `, ${open} undecided` : ''}`] : []),
    ...(free > 0 ? [`of ${free} ${judged > 0 ? 'more' : 'scenarios'} nothing is expected`] : []),
  ];
  return [
    ...table([['scenario', ...verdicts, 'as expected'].map((text) => ({ text })), ...rows], page),
    '',
    ...wrap(counted.join('; '), page.width),
    ...odd.flatMap((one) => ['', ...scenarioLines(one, page)]),
  ];
}

/** Whether the scenario says what it expects under any of the variants that were asked for. */
const isExpected = ({ results }: CheckedScenario): boolean => results.some(({ expected }) => expected !== undefined);

/** Nothing came out that is not as expected, but not all of it did. */
const isOnlyOpen = ({ results }: CheckedScenario): boolean =>
  results.filter(isOdd).every(({ verdict }) => verdict === 'undecided');

/** The variants with that verdict; `*` for one with other settings. */
export const variantsThat = (verdict: string, results: readonly Result[]): string =>
  results
    .filter((one) => one.verdict === verdict)
    .toSorted(byVersion)
    .map(({ variant }) => variant.replace(/ but .*/, '*'))
    .join(' ');

/** `, after bind A to vfio-pci`: what was done before a witness begins. */
export const firstLine = ({ before }: Scenario): string =>
  before.length > 0 ? `, after ${before.map(describeOperation).join(', ')}` : '';

/** What has to be reached for `never` to mean anything. */
export const reachedText = ({ when }: Scenario['condition'], tell: (fact: Fact) => string): string =>
  `${when.map(tell).join(' and ')} ${when.length > 1 ? 'are' : 'is'} reached`;

/** Devices that may have been forgotten in the groups: of what has none, nothing is refused. */
function groupless({ machine: { devices } }: Scenario): readonly string[] {
  const names = devices.flatMap(({ name, group }) => (group === undefined ? [name] : []));
  if (names.length === 0) return [];
  const [are, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return [
    `${names.join(', ')} ${are} in no group: nobody can claim ${them}, and nobody's claim keeps a driver off ${them}`,
  ];
}

/** Why what is neither so nor not is so, each reason with the variants that have it. */
function reasonsOf(results: readonly Result[]): readonly string[] {
  const told = results.toSorted(byVersion).filter(({ because }) => because !== undefined);
  const reasons = new Set(told.map(({ because }) => because));
  return [...reasons].map((reason) => {
    const those = told.filter(({ because }) => because === reason);
    return `${those[0]!.verdict} under ${those.map(({ variant }) => variant).join(', ')}: ${reason}`;
  });
}

/** What `never` is about: that it is reached, where every verdict says so. */
function antecedent(condition: Scenario['condition'], results: readonly Result[]): string {
  const { when } = condition;
  if (when.length === 0) return '';
  const isReached = results.every(({ verdict }) => verdict === 'holds' || verdict === 'fails');
  return isReached
    ? `; not vacuous: ${reachedText(condition, ({ text }) => text)}`
    : `; when: ${when.map(({ text }) => text).join(' and ')}`;
}

/** A scenario in words, its verdicts, and the first execution that refutes it, or shows it. */
function scenarioLines({ scenario, results }: CheckedScenario, page: Page): readonly string[] {
  const { condition, file, question } = scenario;
  const facts = condition.facts.map(({ text }) => text).join(' and ');
  const rows = results.toSorted(byVersion).map((one) => [
    { text: one.variant },
    { text: one.verdict },
    {
      text:
        one.expected === undefined ? '' : one.expected === one.verdict ? 'as expected' : `expected: ${one.expected}`,
    },
    { text: count(one.states, 'state') },
  ]);
  const told = results.find(({ witness }) => witness);
  return [
    ...wrap(`${file}: ${question}`, page.width),
    ...wrap(shapeOf(scenario), page.width),
    ...groupless(scenario).flatMap((one) => wrap(one, page.width)),
    ...wrap(`${condition.kind}: ${facts}${antecedent(condition, results)}`, page.width),
    '',
    ...table([['under', 'verdict', '', 'searched'].map((text) => ({ text })), ...rows], page),
    ...reasonsOf(results).flatMap((one) => ['', ...wrap(one, page.width)]),
    ...(told?.witness
      ? [
          '',
          ...wrap(
            `${told.variant}: ${told.verdict === 'fails' ? 'refuted' : 'shown'}${firstLine(scenario)}, by`,
            page.width,
          ),
          ...witnessLines(told.witness, page),
        ]
      : []),
  ];
}
