import type { Diff } from '@busward/explorer';
import { match } from 'ts-pattern';
import type { Page } from '../columns.ts';
import type { Document, TitledTrace } from '../document/document.ts';
import { laidOut } from '../document/laid-out.ts';
import { sequenceText } from '../sequence/sequence-text.ts';
import { sequenceOf } from '../sequence/sequence.ts';
import { tracesSvg } from '../sequence/traces-svg.ts';
import { diffDocument } from './diff-document.ts';
import { diffJson } from './diff-json.ts';
import { diffJunit } from './diff-junit.ts';
import { diffSarif } from './diff-sarif.ts';

/** Layouts; svg and sequence: the traces as sequence diagrams; json, junit, sarif: for programs. */
export const diffRenderings = [
  'text',
  'mail',
  'markdown',
  'html',
  'svg',
  'sequence',
  'json',
  'junit',
  'sarif',
] as const;
export type DiffRendering = (typeof diffRenderings)[number];

/** A diff, rendered. `version` is the tool's. */
export function renderDiff(diff: Diff, as: DiffRendering, page: Page, version: string): string {
  const document = diffDocument(diff);
  return match(as)
    .with('text', 'mail', 'markdown', 'html', (layout) => laidOut(document, layout, page))
    .with('svg', () => tracesSvg(tracesOf(document).slice(0, 2), document.title))
    .with('sequence', () => sequences(document, page.width))
    .with('json', () => `${JSON.stringify(diffJson(diff), null, 2)}\n`)
    .with('junit', () => diffJunit(diff))
    .with('sarif', () => `${JSON.stringify(diffSarif(diff, version), null, 2)}\n`)
    .exhaustive();
}

const tracesOf = ({ blocks }: Document): readonly TitledTrace[] =>
  blocks.flatMap((block) => (block.kind === 'traces' ? block.traces : []));

const sequences = (document: Document, width: number): string =>
  [
    `${document.title}\n`,
    ...tracesOf(document).map(
      ({ title, witness, marked }) => `${title}\n\n${sequenceText(sequenceOf(witness, marked), width)}`,
    ),
  ].join('\n');
