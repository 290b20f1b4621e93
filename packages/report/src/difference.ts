import type { Difference } from '@busward/passthrough';
import { section, wrap, type Page } from './columns.ts';

/** What differs between two machines, or two looks at one. */
export function differenceText(difference: Difference, page: Page): string {
  const { a, b, same, regrouped, onlyInA, onlyInB, drivers, verdicts } = difference;
  const sentences = regrouped.map(({ from, to }) => {
    const devices = from.flat().length;
    return `${parts(from)} ${from.length === 1 ? 'has' : 'have'} become ${parts(to)}, ${devices} devices: ${to.map((one) => one.join(' ')).join(' | ')}`;
  });
  const nothing = [regrouped, onlyInA, onlyInB, drivers, verdicts].every((one) => one.length === 0);
  const lines = [
    ...wrap(`${a}, and ${b}`, page.width),
    ...wrap(`${same} ${same === 1 ? 'group has' : 'groups have'} the same devices in both`, page.width),
    ...(nothing ? ['nothing differs'] : []),
    ...section('Regrouped', sentences, page),
    ...section(`In ${a} only`, listed(onlyInA), page),
    ...section(`In ${b} only`, listed(onlyInB), page),
    ...section(
      'Other drivers',
      drivers.map((one) => `${one.device}: ${one.a ?? 'none'}, then ${one.b ?? 'none'}`),
      page,
    ),
    ...section(
      'A user can own it in one only, or for another reason',
      verdicts.map((one) => `${one.devices.join(' ')}: ${one.a}; then ${one.b}`),
      page,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const parts = (groups: readonly (readonly string[])[]): string =>
  groups.length === 1 ? 'one group' : `${groups.length} groups`;

const listed = (names: readonly string[]): readonly string[] => (names.length === 0 ? [] : [names.join(' ')]);
