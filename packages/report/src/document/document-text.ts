import { match } from 'ts-pattern';
import { table, wrap, type Page } from '../columns.ts';
import { witnessLines } from '../witness.ts';
import type { Block, Document, TitledTrace } from './document.ts';

/** The columns of a mail to a kernel list. */
const MAIL_WIDTH = 72;
/** What one trace needs to be readable beside another one. */
const BESIDE = 60;

/** For a terminal. */
export const documentText = ({ title, blocks }: Document, page: Page): string =>
  `${[...wrap(title, page.width), ...blocks.flatMap((block) => lines(block, page))].join('\n')}\n`;

/** Plain ASCII of 72 columns, to be pasted into a mail. */
export const documentMail = (document: Document): string =>
  documentText(document, { width: MAIL_WIDTH, paint: (_outcome, text) => text }).replaceAll(/[^\n\x20-\x7e]/g, '?');

const lines = (block: Block, page: Page): readonly string[] =>
  match(block)
    .with({ kind: 'heading' }, ({ text }) => ['', ...wrap(text, page.width)])
    .with({ kind: 'paragraph' }, ({ text }) => ['', ...wrap(text, page.width)])
    .with({ kind: 'list' }, ({ items }) => items.flatMap((item) => wrap(item, page.width, '  - ', '    ')))
    .with({ kind: 'table' }, ({ rows }) => ['', ...table(rows, page)])
    .with({ kind: 'traces' }, ({ traces }) => traceLines(traces, page))
    .exhaustive();

function traceLines(traces: readonly TitledTrace[], page: Page): readonly string[] {
  const width = Math.floor((page.width - 3) / 2);
  if (traces.length === 2 && width >= BESIDE)
    return beside(traces.map((trace) => titledLines(trace, { ...page, width })) as [string[], string[]], width);
  return traces.flatMap((trace) => titledLines(trace, page));
}

function titledLines({ title, witness, marked }: TitledTrace, page: Page): readonly string[] {
  const steps =
    witness.steps.length === 0 ? ['nothing'] : witnessLines(witness, { ...page, width: page.width - 2 }, marked);
  return ['', title, ...steps.map((line) => `  ${line}`)];
}

function beside([left, right]: readonly [readonly string[], readonly string[]], width: number): readonly string[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) =>
    `${(left[at] ?? '').padEnd(width)} | ${right[at] ?? ''}`.replace(/[ |]+$/, ''),
  );
}
