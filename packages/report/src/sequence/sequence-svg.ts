import { wrap } from '../columns.ts';
import { escapeXml } from '../escape-xml.ts';
import type { Message, Sequence } from './sequence.ts';

/** Pixels. */
const LEAST_GAP = 100;
const LINE = 17;
const ARROW = 16;
const MARGIN = 10;
/** Of a character of 12 pixels, and of those that have to fit into a line. */
const LETTER = 7.3;
const LETTERS = 46;

/**
 * A sequence diagram as SVG: who calls whom, and above each arrow what it says. It carries its own style and takes the
 * reader's light or dark.
 */
export function sequenceSvg({ lanes, messages }: Sequence, title: string): string {
  const gap = Math.max(LEAST_GAP, Math.max(...lanes.map(({ length }) => length)) * LETTER + 2 * MARGIN);
  const width = Math.ceil(Math.max(lanes.length * gap, LETTERS * LETTER + 2 * MARGIN));
  const letters = Math.floor((width - 2 * MARGIN) / LETTER);
  const laneAt = (lane: number): number => Math.round((lane + 0.5) * gap);
  let y = 46;
  const rows = messages.map((message) => {
    const said = wrap(`${message.number} ${message.text}`, letters, '', '   ');
    const changes = message.changes === '' ? [] : wrap(message.changes, letters, '   ', '   ');
    const lines = [
      ...said.map((text) => ({ text, kind: message.refused ? 'refused' : 'said' })),
      ...changes.map((text) => ({ text, kind: 'changes' })),
    ];
    const row = { message, lines, y, height: LINE * lines.length + ARROW };
    y += row.height;
    return row;
  });
  const height = y;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="sequence" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${style}</style>`,
    ...lanes.map(
      (lane, at) =>
        `<text class="lane" x="${laneAt(at)}" y="18">${escapeXml(lane)}</text>` +
        `<line class="life" x1="${laneAt(at)}" x2="${laneAt(at)}" y1="26" y2="${height - MARGIN}"/>`,
    ),
    ...rows.map(({ message, lines, y: top, height: tall }) => {
      const [from, to] = [laneAt(message.from), laneAt(message.to)];
      const room = width - MARGIN - Math.max(...lines.map(({ text }) => text.length)) * LETTER;
      const left = Math.max(MARGIN, Math.min(Math.min(from, to) + 6, Math.floor(room)));
      const drawn = [
        ...lines.map(({ text, kind }, at) => words(text, left, top + at * LINE, kind)),
        arrow(message.kind, from, to, top + tall - ARROW - LINE + 9),
      ].join('\n');
      return message.marked
        ? `<g class="marked"><rect class="mark" x="4" y="${top - 14}" width="${width - 8}" height="${tall - 2}" rx="4"/>\n${drawn}</g>`
        : drawn;
    }),
    '</svg>',
    '',
  ].join('\n');
}

const words = (line: string, x: number, y: number, kind: string): string =>
  `<text class="${kind}" x="${x}" y="${y}" xml:space="preserve">${escapeXml(line)}</text>`;

function arrow(kind: Message['kind'], start: number, end: number, y: number): string {
  if (start === end)
    return `<path class="${kind}" d="M${start} ${y - 5} h14 v8 h-9"/><path class="head" d="M${start + 1} ${y + 3} l6 -4 v8 z"/>`;
  const back = Math.sign(end - start) * -7;
  const line = `<path class="${kind}" d="M${start} ${y} H${end}"/>`;
  return `${line}<path class="head" d="M${end} ${y} l${back} -4 v8 z"/>`;
}

const style = `
.sequence { --ink: #1f2328; --faint: #59636e; --line: #b9c0c8; --mark: #fff1c2; --bad: #b3261e; --paper: #fff; background: var(--paper);
  font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) { .sequence { --ink: #e6edf3; --faint: #9aa4af; --line: #4a525b; --mark: #3a2f08;
  --bad: #ff8b80; --paper: #0d1117; } }
.sequence text { fill: var(--ink); stroke: var(--paper); stroke-width: 4px; paint-order: stroke; }
.sequence .marked text { stroke: var(--mark); }
.sequence .lane { text-anchor: middle; font-weight: 600; }
.sequence .changes { fill: var(--faint); }
.sequence .refused { fill: var(--bad); }
.sequence .life { stroke: var(--line); }
.sequence .call, .sequence .return { fill: none; stroke: var(--ink); }
.sequence .return { stroke-dasharray: 4 3; }
.sequence .head { fill: var(--ink); }
.sequence .mark { fill: var(--mark); }`;
