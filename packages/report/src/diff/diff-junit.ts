import type { Diff } from '@busward/explorer';
import { match } from 'ts-pattern';
import { documentText } from '../document/document-text.ts';
import { escapeXml } from '../escape-xml.ts';
import { diffDocument, diffTitle, scenarioTitle } from './diff-document.ts';
import { plainPage } from '../columns.ts';

/** JUnit XML, as continuous integration reads it: a test case for each difference; one, where there is none. */
export function diffJunit(diff: Diff): string {
  const cases = [...casesOf(diff), ...restrictionCases(diff)];
  const failures = cases.filter(({ tag }) => tag === 'failure').length;
  const skipped = cases.filter(({ tag }) => tag === 'skipped').length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
  const suite = escapeXml(`${diff.sides[0]} and ${diff.sides[1]}`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="busward diff" ${counts}>`,
    `<testsuite name="${suite}" ${counts}>`,
    ...cases.map(({ name, tag, message }) =>
      tag === undefined
        ? `<testcase classname="${suite}" name="${escapeXml(name)}"/>`
        : `<testcase classname="${suite}" name="${escapeXml(name)}"><${tag} message="${escapeXml(message)}"/></testcase>`,
    ),
    `<system-out>${escapeXml(documentText(diffDocument(diff), plainPage))}</system-out>`,
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function restrictionCases({ restriction, sides: [first, second] }: Diff): readonly TestCase[] {
  const name = `${first} admits nothing that ${second} does not`;
  return match(restriction)
    .returnType<readonly TestCase[]>()
    .with(undefined, () => [])
    .with({ kind: 'admits nothing more' }, () => [{ name, message: '' }])
    .with({ kind: 'admits more' }, ({ difference }) => [{ name, tag: 'failure', message: difference.shows }])
    .with({ kind: 'undecided' }, () => [{ name, tag: 'skipped', message: 'undecided' }])
    .exhaustive();
}

interface TestCase {
  readonly name: string;
  readonly tag?: 'failure' | 'skipped';
  readonly message: string;
}

function casesOf(diff: Diff): readonly TestCase[] {
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
