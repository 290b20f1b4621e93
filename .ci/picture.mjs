// Draws docs/picture.svg from what `busward compare` says of the P2771: a group across two buses, and what each
// strategy makes of it. With --check: fails if the picture in the repository is not that one.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const log = 'examples/machines/tegra-tegra186-p2771-c.txt';
const args = ['packages/cli/dist/index.js', 'compare', log, '--bus', 'platform,pci', '--as', 'json'];
const { machine, strategies } = JSON.parse(execFileSync('node', args, { cwd: root, encoding: 'utf8', maxBuffer: 1e9 }));

const colour = {
  mixed: '#d1242f',
  exposed: '#bf3989',
  'not restored': '#9a6700',
  'refused without cause': '#1b7c83',
  crash: '#82071e',
  isolated: '#1a7f37',
};
const members = machine.devices.filter(({ group }) => group === 'group 4');
const text = (x, y, words, more = '') => `<text x="${x}" y="${y}" ${more}>${words}</text>`;

const devices = members.map(({ name, bus, drivers }, at) => {
  const y = 96 + at * 74;
  return [
    `<rect x="44" y="${y}" width="300" height="58" rx="6" class="device"/>`,
    text(60, y + 24, name, 'class="strong"'),
    text(60, y + 44, `${bus}: ${drivers.map((driver) => driver.name).join(' or ')}`, 'class="small"'),
  ].join('');
});
const rows = strategies.map(({ strategy, verdicts }, at) => {
  const y = 78 + at * 21;
  const cells = ['platform', 'pci'].map((bus, column) => {
    const { outcome, steps } = verdicts[bus];
    const x = 528 + column * 116;
    return `<circle cx="${x}" cy="${y - 4}" r="5" fill="${colour[outcome]}"/>${text(x + 12, y, steps === undefined ? outcome : `${outcome.split(' ')[0]} ${steps}`, 'class="small"')}`;
  });
  return text(386, y, strategy, 'class="small strong"') + cells.join('');
});

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 346" width="760" height="346" role="img" aria-label="An IOMMU group across two buses, and the outcome of each strategy">
<style>
  text { font: 15px ui-sans-serif, system-ui, sans-serif; fill: #1f2328 }
  .small { font-size: 13px } .strong { font-weight: 600 } .quiet { fill: #59636e; font-size: 13px }
  .page { fill: #ffffff; stroke: #d1d9e0 } .group { fill: none; stroke: #0969da; stroke-width: 2; stroke-dasharray: 6 4 }
  .device { fill: #f6f8fa; stroke: #d1d9e0 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .quiet { fill: #9198a1 } .page { fill: #0d1117; stroke: #3d444d } .group { stroke: #4493f8 } .device { fill: #151b23; stroke: #3d444d }
  }
</style>
<rect x="0.5" y="0.5" width="759" height="345" rx="8" class="page"/>
<rect x="26" y="60" width="336" height="262" rx="10" class="group"/>
${text(26, 36, 'IOMMU group 4 of a Tegra186 P2771', 'class="strong"')}
${text(44, 84, 'one stream id, two buses, three drivers', 'class="quiet"')}
${devices.join('\n')}
${text(386, 36, 'worst outcome, and steps to it', 'class="strong"')}
${text(522, 57, 'platform', 'class="quiet"')}${text(638, 57, 'pci', 'class="quiet"')}
${rows.join('\n')}
</svg>
`;

const file = join(root, 'docs/picture.svg');
if (!process.argv.includes('--check')) writeFileSync(file, svg);
else if (readFileSync(file, 'utf8') !== svg) {
  console.error('docs/picture.svg is not what the comparison says; run node .ci/picture.mjs');
  process.exit(1);
}
