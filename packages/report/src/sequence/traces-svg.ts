import type { TitledTrace } from '../document/document.ts';
import { escapeXml } from '../escape-xml.ts';
import { sequenceOf } from './sequence.ts';
import { sequenceSvg } from './sequence-svg.ts';

/** Pixels. */
const TITLE = 30;
const BETWEEN = 24;

/** Traces side by side in one picture. */
export function tracesSvg(traces: readonly TitledTrace[], title: string): string {
  const drawn = traces.map((trace) => {
    const svg = sequenceSvg(sequenceOf(trace.witness, trace.marked), trace.title);
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
    return { trace, svg, width: Number(width), height: Number(height) };
  });
  const width = drawn.reduce((sum, one) => sum + one.width + BETWEEN, 0) || 400;
  const height = TITLE * 2 + Math.max(0, ...drawn.map((one) => one.height));
  let x = 0;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="page" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text x="12" y="20">${escapeXml(title)}</text>`,
    ...drawn.flatMap(({ trace, svg, width: wide }) => {
      const here = [
        `<text x="${x + 12}" y="${TITLE + 20}">${escapeXml(trace.title)}</text>`,
        svg.replace('<svg ', `<svg x="${x}" y="${TITLE * 2}" `),
      ];
      x += wide + BETWEEN;
      return here;
    }),
    '</svg>',
    '',
  ].join('\n');
}

const style = `
.page { font: 600 14px system-ui, sans-serif; } .paper { fill: #fff; } .page > text { fill: #1f2328; }
@media (prefers-color-scheme: dark) { .paper { fill: #0d1117; } .page > text { fill: #e6edf3; } }`;
