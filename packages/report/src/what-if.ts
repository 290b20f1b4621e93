import { verdictText, type WhatIf } from '@busward/passthrough';
import { section, wrap, type Page } from './columns.ts';

/** What would change, change by change; groups that nothing changes are named if there are few. */
export function whatIfText({ machine, kernel, before, stages, says }: WhatIf, page: Page): string {
  const touched = new Set(stages.flatMap(({ changed }) => changed.map(({ group }) => group)));
  const asFound = before.groups.filter(({ group }) => before.groups.length <= 4 || touched.has(group));
  const lines = [
    ...wrap(`${machine}, under Linux ${kernel}`, page.width),
    ...section(
      'As it is',
      asFound.map(({ group, verdict }) => `group ${group}: ${verdictText(verdict)}`),
      page,
    ),
    ...stages.flatMap(({ says: what, changed }) =>
      section(
        `With ${what}`,
        changed.length === 0
          ? ['nothing changes for any group']
          : changed.map(({ group, after }) => `group ${group}: ${after}`),
        page,
      ),
    ),
    ...section('Notes', [...deciding(stages), ...says], page),
  ];
  return `${lines.join('\n')}\n`;
}

/** Which of several changes it is that makes the difference. */
function deciding(stages: WhatIf['stages']): readonly string[] {
  const all = stages.at(-1);
  if (!all || stages.length < 3) return [];
  const each = stages.slice(0, -1);
  const idle = each.filter(({ changed }) => changed.length === 0).map(({ says }) => says);
  const busy = each.filter(({ changed }) => changed.length > 0).map(({ says }) => says);
  if (all.changed.length === 0 || idle.length === 0 || busy.length === 0) return [];
  return [`it is ${busy.join(', ')} that changes it; ${idle.join(', ')} alone changes nothing`];
}
