import { match } from 'ts-pattern';
import { sequenceMermaid } from '../sequence/sequence-mermaid.ts';
import { sequenceOf } from '../sequence/sequence.ts';
import { witnessLines } from '../witness.ts';
import type { Block, Document, TitledTrace } from './document.ts';

/** For an issue, a wiki, a pull request: traces as text and as mermaid. */
export const documentMarkdown = ({ title, blocks }: Document): string =>
  `${[`# ${escaped(title)}`, ...blocks.flatMap(paragraphs)].join('\n\n')}\n`;

const paragraphs = (block: Block): readonly string[] =>
  match(block)
    .with({ kind: 'heading' }, ({ text }) => [`## ${escaped(text)}`])
    .with({ kind: 'paragraph' }, ({ text }) => [escaped(text)])
    .with({ kind: 'list' }, ({ items }) => [items.map((item) => `- ${escaped(item)}`).join('\n')])
    .with({ kind: 'table' }, ({ rows: [head = [], ...body] }) => {
      const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
      const texts = (cells: typeof head): readonly string[] => cells.map(({ text }) => escaped(text));
      return [[row(texts(head)), row(head.map(() => '---')), ...body.map((cells) => row(texts(cells)))].join('\n')];
    })
    .with({ kind: 'traces' }, ({ traces }) => traces.flatMap(traceParagraphs))
    .exhaustive();

function traceParagraphs({ title, witness, marked }: TitledTrace): readonly string[] {
  if (witness.steps.length === 0) return [`### ${escaped(title)}`, 'nothing'];
  const text = witnessLines(witness, { width: 100, paint: (_outcome, one) => one }, marked).join('\n');
  const diagram = sequenceMermaid(sequenceOf(witness, marked));
  return [`### ${escaped(title)}`, `\`\`\`text\n${text}\n\`\`\``, `\`\`\`mermaid\n${diagram}\`\`\``];
}

/** What markdown would take for its own. */
const escaped = (text: string): string => text.replaceAll(/[\\`*_<>|[\]]/g, String.raw`\$&`);
