import { match } from 'ts-pattern';
import { escapeXml } from '../escape-xml.ts';
import { sequenceSvg } from '../sequence/sequence-svg.ts';
import { sequenceOf } from '../sequence/sequence.ts';
import type { Block, Document, TitledTrace } from './document.ts';

/** One page that needs nothing else: no script, no font, nothing from anywhere. */
export const documentHtml = ({ title, blocks }: Document): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}</style>`,
    '<main>',
    `<h1>${escapeXml(title)}</h1>`,
    ...blocks.map(element),
    '</main>',
    '</html>',
    '',
  ].join('\n');

const element = (block: Block): string =>
  match(block)
    .with({ kind: 'heading' }, ({ text }) => `<h2>${escapeXml(text)}</h2>`)
    .with({ kind: 'paragraph' }, ({ text }) => `<p>${escapeXml(text)}</p>`)
    .with(
      { kind: 'list' },
      ({ items }) => `<ul>\n${items.map((item) => `<li>${escapeXml(item)}</li>`).join('\n')}\n</ul>`,
    )
    .with({ kind: 'table' }, ({ rows }) => tableElement(rows))
    .with({ kind: 'traces' }, ({ traces }) => `<div class="traces">\n${traces.map(figure).join('\n')}\n</div>`)
    .exhaustive();

function tableElement([head = [], ...body]: Extract<Block, { kind: 'table' }>['rows']): string {
  const cell = (of: string) => (one: (typeof head)[number]) =>
    `<${of}${one.outcome === undefined ? '' : ` class="${one.outcome.replaceAll(' ', '-')}"`}>${escapeXml(one.text)}</${of}>`;
  return [
    '<div class="scrolls"><table>',
    `<thead><tr>${head.map(cell('th')).join('')}</tr></thead>`,
    `<tbody>\n${body.map((row) => `<tr>${row.map(cell('td')).join('')}</tr>`).join('\n')}\n</tbody>`,
    '</table></div>',
  ].join('\n');
}

function figure({ title, witness, marked }: TitledTrace): string {
  const drawn = witness.steps.length === 0 ? '<p>nothing</p>' : sequenceSvg(sequenceOf(witness, marked), title);
  return `<figure><figcaption>${escapeXml(title)}</figcaption><div class="scrolls">${drawn}</div></figure>`;
}

const style = `
:root { color-scheme: light dark; --ink: #1f2328; --paper: #fff; --line: #d1d9e0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --line: #3d444d; } }
body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 96rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
h1, h2, p, li { overflow-wrap: anywhere; }
.scrolls { overflow-x: auto; }
.traces { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; flex: 1 1 40rem; min-width: 0; border: 1px solid var(--line); border-radius: 6px; padding: .5rem; }
figcaption { font-weight: 600; }
.traces svg { display: block; max-width: 100%; min-width: 26rem; height: auto; }
table { border-collapse: collapse; font-size: .9rem; } th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; }
.mixed { background: #b3261e33; } .exposed { background: #8e24aa33; } .not-restored { background: #f9a82533; }
.refused-without-cause { background: #00838f33; } .crash { background: #d8431533; } .isolated { background: #2e7d3233; }`;
