import { escapeXml } from '../escape-xml.ts';

export interface TestSuite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}

/** Without a tag it holds. */
export interface TestCase {
  readonly name: string;
  readonly tag?: 'failure' | 'skipped';
  readonly message: string;
}

/** JUnit XML, as continuous integration reads it. `output` is the whole report as text. */
export function junitOf(name: string, suites: readonly TestSuite[], output: string): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(name)}" ${countsOf(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.flatMap((suite, at) => [
      `<testsuite name="${escapeXml(suite.name)}" ${countsOf(suite.cases)}>`,
      ...suite.cases.map((one) => caseOf(suite.name, one)),
      ...(at === suites.length - 1 ? [`<system-out>${escapeXml(output)}</system-out>`] : []),
      '</testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function countsOf(cases: readonly TestCase[]): string {
  const tagged = (wanted: TestCase['tag']): number => cases.filter(({ tag }) => tag === wanted).length;
  return `tests="${cases.length}" failures="${tagged('failure')}" errors="0" skipped="${tagged('skipped')}"`;
}

function caseOf(suite: string, { name, tag, message }: TestCase): string {
  const head = `<testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}"`;
  return tag === undefined ? `${head}/>` : `${head}><${tag} message="${escapeXml(message)}"/></testcase>`;
}
