import type { InspectedGroup, Inspection } from '@busward/passthrough';
import { escapeXml } from './escape-xml.ts';
import { verdictWords } from './inspection.ts';
import { namesText } from './like-names.ts';
import { inTheWay, likeMembers, type LikeMembers } from './members.ts';

/** Column, card and line measures, in pixels. */
const WIDTH = 292;
const GAP = 16;
const MARGIN = 24;
const HEAD = 40;
const ROW = 40;

/**
 * A machine as a picture: a card for each group, in columns, with its devices below what they are behind. A stripe tells
 * whether a user could own it, a dashed frame that it spans buses. Light or dark as the reader's page is.
 */
export function inspectionSvg(inspection: Inspection): string {
  const { groups, machine, kernel } = inspection;
  const columns = Math.max(1, Math.min(4, Math.ceil(Math.sqrt(groups.length))));
  const heights = Array.from({ length: columns }, () => MARGIN + 76);
  const cards = groups.map((group) => {
    // The next card goes where there is most room.
    const column = heights.indexOf(Math.min(...heights));
    const y = heights[column]!;
    heights[column] = y + heightOf(group) + GAP;
    return card(group, MARGIN + column * (WIDTH + GAP), y);
  });
  const width = Math.max(2 * WIDTH, 2 * MARGIN + columns * (WIDTH + GAP) - GAP);
  const height = Math.max(...heights) + MARGIN - GAP;
  const under = `, under Linux ${kernel}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(`IOMMU groups of ${machine}`)}">
<style>
  text { font: 13px ui-sans-serif, system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 17px; font-weight: 600 } .strong { font-weight: 600 } .quiet { fill: #59636e; font-size: 12px }
  .page { fill: #ffffff } .card { fill: #f6f8fa; stroke: #d1d9e0 } .spans { stroke: #0969da; stroke-width: 2; stroke-dasharray: 6 4 }
  .can { fill: #1a7f37 } .could { fill: #9a6700 } .cannot { fill: #d1242f } .untold { fill: #818b98 } .tree { stroke: #afb8c1; fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .quiet { fill: #9198a1 } .page { fill: #0d1117 } .card { fill: #151b23; stroke: #3d444d } .spans { stroke: #4493f8 }
    .can { fill: #3fb950 } .could { fill: #d29922 } .cannot { fill: #f85149 } .tree { stroke: #656c76 }
  }
</style>
<rect width="${width}" height="${height}" class="page"/>
${text(MARGIN, MARGIN + 14, `${cut(machine, Math.floor((width - 2 * MARGIN) / 9) - under.length)}${under}`, 'title')}
${legend(MARGIN, MARGIN + 42)}
${cards.join('\n')}
</svg>
`;
}

const heightOf = (group: InspectedGroup): number => HEAD + likeMembers(group).length * ROW + 8;

function legend(x: number, y: number): string {
  const entries = [
    ['can', 'can own it'],
    ['could', 'could, with a VFIO driver'],
    ['cannot', 'blocked'],
    ['untold', 'unknown, only bridges'],
  ] as const;
  let at = x;
  return entries
    .map(([kind, words]) => {
      const entry = `<rect x="${at}" y="${y - 10}" width="10" height="10" rx="2" class="${kind}"/>${text(at + 16, y, words, 'quiet')}`;
      at += 34 + words.length * 6.3;
      return entry;
    })
    .join('');
}

/** What the colours of a picture tell apart. */
export const standing = ({ verdict }: InspectedGroup): 'can' | 'could' | 'cannot' | 'untold' =>
  (
    ({
      ready: 'can',
      free: 'could',
      blocked: 'cannot',
      impossible: 'cannot',
      bridges: 'untold',
      unknown: 'untold',
    }) as const
  )[verdict.kind];

function card(group: InspectedGroup, x: number, y: number): string {
  const spans = group.buses.length > 1 ? ' spans' : '';
  const rows = likeMembers(group).map((members, at) => row(group, members, x + 16, y + HEAD + at * ROW));
  const about = group.buses.join(' + ');
  return `<g><rect x="${x}" y="${y}" width="${WIDTH}" height="${heightOf(group)}" rx="8" class="card${spans}"/><rect x="${x}" y="${y + 8}" width="4" height="${heightOf(group) - 16}" class="${standing(group)}"/>
${text(x + 16, y + 24, `group ${group.group}`, 'strong')}${text(x + WIDTH - 12, y + 24, `${about}: ${verdictWords[group.verdict.kind]}`, 'quiet', 'end')}
${rows.join('\n')}</g>`;
}

function row(group: InspectedGroup, { depth, members }: LikeMembers, x: number, y: number): string {
  const [member] = members;
  const many = members.length > 1 ? `${members.length} x ` : '';
  const left = x + Math.min(depth, 6) * 14;
  const room = Math.floor((WIDTH - 32 - (left - x)) / 7.2);
  const driver = member.driver === undefined ? 'driver not told' : (member.driver ?? 'no driver');
  const blocks = inTheWay(group, member);
  const mark = blocks ? ' in the way' : member.managesDma ? ' manages DMA itself' : '';
  return `${depth > 0 ? `<path d="M${left - 9} ${y - 4}v16h6" class="tree"/>` : ''}${text(left, y + 16, cut(namesText(members.map(({ name }) => name)), room), 'strong')}${text(left, y + 31, cut(`${many}${driver}${mark}`, room), blocks ? 'cannot' : 'quiet')}`;
}

const text = (x: number, y: number, words: string, kind: string, anchor = 'start'): string =>
  `<text x="${x}" y="${y}" class="${kind}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${escapeXml(words)}</text>`;

const cut = (words: string, room: number): string => (words.length > room ? `${words.slice(0, room - 1)}…` : words);
