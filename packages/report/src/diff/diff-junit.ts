import type { Diff } from '@busward/explorer';
import { match } from 'ts-pattern';
import { documentText } from '../document/document-text.ts';
import { junitOf, type TestCase } from '../document/junit.ts';
import { diffDocument, diffTitle, inFlightText, scenarioTitle, undecidedText, type Found } from './diff-document.ts';
import { plainPage } from '../columns.ts';

/** A test case for each difference; one, where there is none. */
export const diffJunit = (diff: Diff): string =>
  junitOf(
    'busward diff',
    [{ name: `${diff.sides[0]} and ${diff.sides[1]}`, cases: [...casesOf(diff), ...restrictionCases(diff)] }],
    documentText(diffDocument(diff), plainPage),
  );

function restrictionCases({ restriction, sides: [first, second] }: Diff): readonly TestCase[] {
  const name = `${first} admits nothing that ${second} does not`;
  return match(restriction)
    .returnType<readonly TestCase[]>()
    .with(undefined, () => [])
    .with({ kind: 'admits nothing more' }, ({ inFlight, undecided }) => [
      { name: `${name}, ${inFlightText(inFlight)}`, message: '' },
      ...(undecided
        ? [
            {
              name: `${name}, ${inFlightText(undecided.inFlight)}`,
              tag: 'skipped' as const,
              message: undecidedText(undecided),
            },
          ]
        : []),
    ])
    .with({ kind: 'admits more' }, ({ difference }) => [{ name, tag: 'failure', message: difference.shows }])
    .with({ kind: 'undecided' }, () => [{ name, tag: 'skipped', message: 'undecided' }])
    .exhaustive();
}

/** What two sides come to, as test cases. */
export function casesOf(diff: Found): readonly TestCase[] {
  const { sides, finding } = diff;
  return match(finding)
    .returnType<readonly TestCase[]>()
    .with({ kind: 'different' }, ({ differences, smallest }) =>
      differences.map((difference, at) => ({
        name: scenarioTitle(difference, at, differences.length, smallest),
        tag: 'failure',
        message: `${sides[difference.by]} can show: ${difference.shows}`,
      })),
    )
    .with({ kind: 'same outcomes, different choices' }, ({ kind }) => [
      { name: 'they make the same choices', tag: 'failure', message: kind },
    ])
    .with({ kind: 'same' }, () => [{ name: diffTitle(diff), message: '' }])
    .with({ kind: 'undecided' }, ({ covered }) => [
      { name: 'they are the same', tag: 'skipped', message: `undecided, ${covered}` },
    ])
    .exhaustive();
}
