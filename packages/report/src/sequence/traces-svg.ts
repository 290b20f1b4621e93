import type { TitledTrace } from '../document/document.ts';
import { escapeXml } from '../escape-xml.ts';
import { sequenceOf } from './sequence.ts';
import { sequenceSvg } from './sequence-svg.ts';

/** Pixels. */
const TITLE = 30;
const BETWEEN = 24;

/** Traces in one picture, one below the other. */
export function tracesSvg(traces: readonly TitledTrace[], title: string): string {
  let y = TITLE;
  const drawn = traces.map((trace) => {
    const svg = sequenceSvg(sequenceOf(trace.witness, trace.marked), trace.title);
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
    const top = y;
    y += TITLE + Number(height) + BETWEEN;
    return { trace, svg, top, width: Number(width) };
  });
  const width = Math.max(400, ...drawn.map((one) => one.width));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="page" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${y}"/>`,
    `<text x="12" y="20">${escapeXml(title)}</text>`,
    ...drawn.flatMap(({ trace, svg, top }) => [
      `<text x="12" y="${top + 20}">${escapeXml(trace.title)}</text>`,
      svg.replace('<svg ', `<svg y="${top + TITLE}" `),
    ]),
    '</svg>',
    '',
  ].join('\n');
}

const style = `
.page { font: 600 14px system-ui, sans-serif; } .paper { fill: #fff; } .page > text { fill: #1f2328; }
@media (prefers-color-scheme: dark) { .paper { fill: #0d1117; } .page > text { fill: #e6edf3; } }`;
