import { wrap } from '../columns.ts';
import type { Message, Sequence } from './sequence.ts';

/** Columns from one lane to the next. */
const GAP = 9;

/** A sequence diagram in plain ASCII: arrows between lanes on the left, what they say on the right. */
export function sequenceText({ lanes, messages }: Sequence, width: number): string {
  const head = lanes.map((lane) => lane.slice(0, GAP - 1).padEnd(GAP)).join('');
  const rows = messages.flatMap((message) =>
    wrap(
      saidIn(message),
      width,
      `${arrow(message, lanes.length)}${message.marked ? '> ' : '  '}`,
      `${blank(lanes.length)}    `,
    ),
  );
  return `${[head, blank(lanes.length), ...rows].map((line) => line.trimEnd()).join('\n')}\n`;
}

const saidIn = ({ number, text, changes }: Message): string =>
  `${number} ${text}${changes === '' ? '' : ` (${changes})`}`;

function arrow({ from, to, kind }: Message, lanes: number): string {
  const line = blank(lanes).split('');
  const [start, end] = [Math.min(from, to) * GAP, Math.max(from, to) * GAP];
  if (start === end) line.splice(start, 3, '|', '-', '.');
  for (let at = start + 1; at < end; at++) line[at] = kind === 'return' ? '.' : '-';
  if (to > from) line[end - 1] = '>';
  if (to < from) line[start + 1] = '<';
  return line.join('');
}

const blank = (lanes: number): string => `|${' '.repeat(GAP - 1)}`.repeat(lanes);
