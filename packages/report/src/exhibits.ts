import { match } from 'ts-pattern';
import { byVersion } from './by-version.ts';
import { firstLine, isAsExpected, reachedText, variantsThat, type CheckedScenario, type Fact } from './checks.ts';
import { plainPage, table, wrap, type Page } from './columns.ts';
import { witnessLines } from './witness.ts';

/** A scenario that tells a bug: where it fails is before the bug was found or mended, where it holds is after. */
export interface Exhibit extends CheckedScenario {
  /** The scenario file, as it was written. */
  readonly source: string;
}

/** All exhibits, a line each. */
export function exhibitsText(exhibits: readonly Exhibit[], page: Page): string {
  const rows = exhibits.map((exhibit) => [
    { text: pageNameOf(exhibit).replace('.md', '') },
    { text: exhibit.scenario.story?.title ?? exhibit.scenario.question },
    { text: variantsThat('fails', exhibit.results) },
    { text: variantsThat('holds', exhibit.results) },
  ]);
  const lines = [
    ...table([['', 'what happened', 'fails under', 'holds under'].map((text) => ({ text })), ...rows], page),
    '',
    ...wrap(
      `${exhibits.filter(isAsExpected).length} of ${exhibits.length} as they are told. *: with another setting; busward check museum/M07.yaml tells one`,
      page.width,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** `museum/M01.yaml` -> `M01.md`. */
export const pageNameOf = ({ scenario }: Exhibit): string =>
  scenario.file.replace(/^.*\//, '').replace(/\.ya?ml$/, '.md');

/** One page of the museum, in markdown: the story, the scenario, and the run that shows it. */
export function exhibitMarkdown(exhibit: Exhibit): string {
  const { scenario, results, source } = exhibit;
  const { story, question, sources } = scenario;
  const shown = results.find(({ verdict, witness }) => verdict === 'fails' && witness);
  const told = results.find(({ witness }) => witness);
  const witness = (shown ?? told)?.witness;
  const lines = [
    `# ${story?.id ?? ''}: ${story?.title ?? question}`,
    '',
    ...wrap(question, 118),
    '',
    ...wrap(story?.text ?? '', 118),
    '',
    ...wrap(`Sources: ${sources.join('; ')}.`, 118),
    '',
    '## What the search says',
    '',
    ...wrap(sentenceOf(exhibit), 118),
    '',
    '| under | verdict | states searched |',
    '| --- | --- | --- |',
    ...results.toSorted(byVersion).map(({ variant, verdict, states }) => `| ${variant} | ${verdict} | ${states} |`),
    '',
    ...versionsAlone(results.map(({ variant }) => variant)),
    ...(witness
      ? [
          ...wrap(`Under ${(shown ?? told)!.variant}${firstLine(scenario)}:`, 118),
          '',
          '```text',
          ...witnessLines(witness, plainPage),
          '```',
          '',
        ]
      : []),
    '## The scenario',
    '',
    '```yaml',
    source.trimEnd(),
    '```',
    '',
    `\`busward check ${scenario.file}\` runs it again.`,
  ];
  return `${lines.join('\n')}\n`;
}

/** What a version without `linux@` is, where there is one. */
function versionsAlone(variants: readonly string[]): readonly string[] {
  const [alone, whole] = [/^\d/, /^linux@/].map(
    (names) => variants.find((variant) => names.test(variant))?.split(' ')[0],
  );
  if (alone === undefined) return [];
  const beside = whole === undefined ? '' : `; \`${whole}\` is a kernel with the buses that it had`;
  return [...wrap(`\`${alone}\` is that kernel's check with the buses as the contract has them${beside}.`, 118), ''];
}

function sentenceOf({ scenario: { condition } }: Exhibit): string {
  const facts = condition.facts.map(tell).join(' and ');
  const together = condition.facts.length > 1 ? ' together' : '';
  return match(condition.kind)
    .with('never', () => `Must never happen${together}: ${facts}. Not vacuous: ${reachedText(condition, tell)}.`)
    .with('sometimes', () => `Must be possible${together}: ${facts}.`)
    .with('always', () => `Must always be so at the end: ${facts}.`)
    .exhaustive();
}

/** A principle with its name and a link to its page; anything else as it is written. */
function tell({ text, fact }: Fact): string {
  if (fact.kind !== 'broken') return `\`${text}\``;
  const { id, name } = fact.principle;
  return `a breach of [${id}](../principles/P${id.slice(1).padStart(2, '0')}.md) (${name})`;
}
