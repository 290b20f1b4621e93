import { wrap } from '../columns.ts';
import { escapeXml } from '../escape-xml.ts';
import type { Message, Sequence } from './sequence.ts';

/** Pixels. */
const GAP = 84;
const LEFT = 46;
const LINE = 17;
const WORDS = 330;
/** Characters that fit there, at 7.3 pixels each. */
const LETTERS = 45;

/**
 * A sequence diagram as SVG: lanes and arrows on the left, words on the right. It carries its own style and takes the
 * reader's light or dark.
 */
export function sequenceSvg({ lanes, messages }: Sequence, title: string): string {
  const left = LEFT * 2 + (lanes.length - 1) * GAP;
  let y = 44;
  const rows = messages.map((message) => {
    const said = wrap(`${message.number} ${message.text}`, LETTERS, '', '   ');
    const changes = message.changes === '' ? [] : wrap(message.changes, LETTERS, '   ', '   ');
    const row = { message, said, changes, y };
    y += LINE * (said.length + changes.length) + 7;
    return row;
  });
  const [width, height] = [left + WORDS, y + 8];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="sequence" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${style}</style>`,
    ...lanes.map(
      (lane, at) =>
        `<text class="lane" x="${LEFT + at * GAP}" y="18">${escapeXml(lane)}</text>` +
        `<line class="life" x1="${LEFT + at * GAP}" x2="${LEFT + at * GAP}" y1="26" y2="${height - 8}"/>`,
    ),
    ...rows.flatMap(({ message, said, changes, y: top }) => [
      ...(message.marked
        ? [
            `<rect class="mark" x="4" y="${top - 14}" width="${width - 8}" height="${LINE * (said.length + changes.length) + 4}" rx="4"/>`,
          ]
        : []),
      arrow(message, top - 4),
      ...said.map((line, at) => words(line, left, top + at * LINE, message.refused ? 'refused' : 'said')),
      ...changes.map((line, at) => words(line, left, top + (said.length + at) * LINE, 'changes')),
    ]),
    '</svg>',
    '',
  ].join('\n');
}

const words = (line: string, x: number, y: number, kind: string): string =>
  `<text class="${kind}" x="${x}" y="${y}" xml:space="preserve">${escapeXml(line)}</text>`;

function arrow({ from, to, kind }: Message, y: number): string {
  const [start, end] = [LEFT + from * GAP, LEFT + to * GAP];
  if (from === to)
    return `<path class="${kind}" d="M${start} ${y - 5} h14 v8 h-9"/><path class="head" d="M${start + 1} ${y + 3} l6 -4 v8 z"/>`;
  const back = Math.sign(end - start) * -7;
  const line = `<path class="${kind}" d="M${start} ${y} H${end}"/>`;
  return `${line}<path class="head" d="M${end} ${y} l${back} -4 v8 z"/>`;
}

const style = `
.sequence { --ink: #1f2328; --faint: #59636e; --line: #b9c0c8; --mark: #fff1c2; --bad: #b3261e; background: #fff;
  font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) { .sequence { --ink: #e6edf3; --faint: #9aa4af; --line: #4a525b; --mark: #3a2f08;
  --bad: #ff8b80; background: #0d1117; } }
.sequence text { fill: var(--ink); }
.sequence .lane { text-anchor: middle; font-weight: 600; }
.sequence .changes { fill: var(--faint); }
.sequence .refused { fill: var(--bad); }
.sequence .life { stroke: var(--line); }
.sequence .call, .sequence .return { fill: none; stroke: var(--ink); }
.sequence .return { stroke-dasharray: 4 3; }
.sequence .head { fill: var(--ink); }
.sequence .mark { fill: var(--mark); }`;
