import type { InspectedGroup, Inspection } from '@busward/passthrough';
import { escapeXml } from './escape-xml.ts';
import { standing } from './inspection-svg.ts';
import { inspectionSections, sizeOf, verdictWords } from './inspection.ts';
import { namesText } from './like-names.ts';
import { inTheWay, likeMembers, type LikeMembers } from './members.ts';

/** A machine as a page of its own: nothing is loaded from elsewhere. As many columns as there is room for; light or dark. */
export function inspectionHtml(inspection: Inspection): string {
  const { machine, groups, model } = inspection;
  const sections = inspectionSections(inspection, { unread: true }).map(
    ({ heading, sentences }) =>
      `<section class="told"><h2>${escapeXml(heading)}</h2><ul>${sentences.map((one) => `<li>${escapeXml(one)}</li>`).join('')}</ul></section>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(`IOMMU groups of ${machine}`)}</title>
<style>
  :root { color-scheme: light dark; --text: #1f2328; --quiet: #59636e; --page: #ffffff; --card: #f6f8fa; --line: #d1d9e0; --span: #0969da; --can: #1a7f37; --could: #9a6700; --cannot: #d1242f; --untold: #818b98 }
  @media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --quiet: #9198a1; --page: #0d1117; --card: #151b23; --line: #3d444d; --span: #4493f8; --can: #3fb950; --could: #d29922; --cannot: #f85149 } }
  body { margin: 0 auto; padding: 1rem; max-width: 90rem; font: 15px/1.45 ui-sans-serif, system-ui, sans-serif; color: var(--text); background: var(--page) }
  h1 { font-size: 1.3rem; overflow-wrap: anywhere } h2 { font-size: 1rem; margin: 1.5rem 0 .3rem }
  .groups { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: .8rem; align-items: start }
  article { border: 1px solid var(--line); border-left: 4px solid var(--untold); border-radius: 8px; background: var(--card); padding: .5rem .8rem; min-width: 0 }
  article.can { border-left-color: var(--can) } article.could { border-left-color: var(--could) } article.cannot { border-left-color: var(--cannot) }
  article.spans { border-top: 2px dashed var(--span); border-right: 2px dashed var(--span); border-bottom: 2px dashed var(--span) }
  header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 .6rem } header strong { white-space: nowrap }
  small, .quiet { color: var(--quiet) } .way { color: var(--cannot); font-weight: 600 }
  ul { padding-left: 1.2rem; margin: .3rem 0 } article ul { list-style: none; padding: 0 } li { overflow-wrap: anywhere }
</style>
<h1>${escapeXml(model === undefined || model === machine ? machine : `${machine}: ${model}`)}</h1>
<p>${escapeXml(sizeOf(inspection))}</p>
<main class="groups">
${groups.map(article).join('\n')}
</main>
${sections.join('\n')}
</html>
`;
}

function article(group: InspectedGroup): string {
  const spans = group.buses.length > 1 ? ' spans' : '';
  const members = likeMembers(group).map(
    (like) => `<li style="margin-left:${Math.min(like.depth, 6)}rem">${row(group, like)}</li>`,
  );
  return `<article class="${standing(group)}${spans}"><header><strong>group ${escapeXml(group.group)}</strong><small>${escapeXml(`${group.buses.join(' + ')}: ${verdictWords[group.verdict.kind]}`)}</small></header><ul>${members.join('')}</ul></article>`;
}

/** Many that are alike are unfolded by whoever wants to see them all. */
function row(group: InspectedGroup, { members: [member, ...others] }: LikeMembers): string {
  const { driver, managesDma, says, needed } = member;
  const names = [member, ...others].map(({ name }) => name);
  const told = [
    `${others.length > 0 ? `${names.length} × ` : ''}${driver === undefined ? 'driver not told' : (driver ?? 'no driver')}`,
    ...(managesDma ? ['manages DMA itself'] : []),
    ...needed.map(({ is }) => is),
  ];
  const way = inTheWay(group, member) ? ' <span class="way">in the way</span>' : '';
  const first = `<code>${escapeXml(namesText(names))}</code> <span class="quiet">${escapeXml(told.join(', '))}</span>${way}`;
  const more = says === undefined ? '' : `<br><small>${escapeXml(says)}</small>`;
  return others.length === 0
    ? first + more
    : `<details><summary>${first}${more}</summary><small>${escapeXml(names.join(', '))}</small></details>`;
}
