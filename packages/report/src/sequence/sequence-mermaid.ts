import type { Message, Sequence } from './sequence.ts';

/** A sequence diagram for mermaid, which GitHub and GitLab draw in markdown. */
export function sequenceMermaid({ lanes, messages }: Sequence): string {
  const from = messages.findIndex(({ marked }) => marked);
  return [
    'sequenceDiagram',
    ...lanes.map((lane, at) => `  participant p${at} as ${escaped(lane)}`),
    ...messages.flatMap((message, at) => [
      ...(at === from ? [`  Note over p0,p${lanes.length - 1}: here they differ`] : []),
      ...lines(message),
    ]),
    '',
  ].join('\n');
}

const lines = ({ number, from, to, kind, text, changes }: Message): readonly string[] => [
  `  p${from}${kind === 'return' ? '-->>' : '->>'}p${to}: ${number} ${escaped(text)}`,
  ...(changes === '' ? [] : [`  Note right of p${to}: ${escaped(changes)}`]),
];

/** A semicolon would end the statement, a number sign begin a character. */
const escaped = (text: string): string => text.replaceAll(/[#;]/g, (one) => (one === '#' ? '#35;' : '#59;'));
