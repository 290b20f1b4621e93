import { verdictText, type WhatIf } from '@busward/passthrough';
import { section, wrap, type Page } from './columns.ts';
import { sizeOf } from './inspection.ts';

/** What would change, change by change; groups that nothing changes are named if there are few. */
export function whatIfText({ machine, kernel, before, stages, says }: WhatIf, page: Page): string {
  const touched = new Set(stages.flatMap(({ changed }) => changed.map(({ group }) => group)));
  const asFound = before.groups.filter(({ group }) => before.groups.length <= 4 || touched.has(group));
  const lines = [
    ...wrap(`${machine}, under Linux ${kernel}`, page.width),
    ...section(
      'As it is',
      asFound.length > 0
        ? asFound.map(({ group, verdict }) => `group ${group}: ${verdictText(verdict)}`)
        : [before.groups.length > 0 ? sizeOf(before) : 'no source tells of a group'],
      page,
    ),
    ...stages.flatMap((stage) => section(`With ${stage.says}`, changesIn(stage), page)),
    ...section('Notes', [...deciding(stages), ...says], page),
  ];
  return `${lines.join('\n')}\n`;
}

/** What changes, what cannot be told, and that it is all. */
function changesIn({ changed, untold, inspection: { groups } }: WhatIf['stages'][number]): readonly string[] {
  if (groups.length === 0) return ['cannot tell whether anything changes: no source tells of a group'];
  const whys = [...new Set(untold.map(({ why }) => why))];
  const unknown = whys.map((why) => {
    const of = untold.filter((one) => one.why === why).map(({ group }) => group);
    return `cannot tell whether anything changes for ${of.length <= 4 ? `group ${of.join(', ')}` : `${of.length} groups`}: ${why}`;
  });
  const told = changed.map(({ group, after }) => `group ${group}: ${after}`);
  if (told.length > 0 || untold.length === groups.length) return [...told, ...unknown];
  return [...unknown, `nothing changes for any ${unknown.length > 0 ? 'other ' : ''}group`];
}

/** Which of several changes it is that makes the difference. */
function deciding(stages: WhatIf['stages']): readonly string[] {
  const all = stages.at(-1);
  if (!all || stages.length < 3) return [];
  const each = stages.slice(0, -1);
  const idle = each.filter(({ changed, untold }) => changed.length + untold.length === 0).map(({ says }) => says);
  const busy = each.filter(({ changed }) => changed.length > 0).map(({ says }) => says);
  if (all.changed.length === 0 || idle.length === 0 || busy.length === 0) return [];
  return [`it is ${busy.join(', ')} that changes it; ${idle.join(', ')} alone changes nothing`];
}
