import { count } from '@busward/core';
import type { Beside, Difference } from '@busward/passthrough';
import { section, wrap, type Page } from './columns.ts';
import { FEW } from './like-names.ts';

/** What differs between two machines, or two looks at one. */
export function differenceText(difference: Difference, page: Page): string {
  const { untold, same, regrouped, left, joined, onlyInA, onlyInB, drivers, verdicts } = difference;
  const [a, b] = difference.a === difference.b ? ['the first', 'the second'] : [difference.a, difference.b];
  const sentences = regrouped.map(({ from, to }) => {
    const devices = from.flat().length;
    return `${parts(from)} ${from.length === 1 ? 'has' : 'have'} become ${parts(to)}, ${devices} devices: ${to.map((one) => one.join(' ')).join(' | ')}`;
  });
  const nothing = [untold.a, untold.b, regrouped, onlyInA, onlyInB, drivers, verdicts].every((one) => one.length === 0);
  const lines = [
    ...wrap(`${difference.a}, and ${difference.b}`, page.width),
    ...wrap(`${same} ${same === 1 ? 'group has' : 'groups have'} the same devices in both`, page.width),
    ...(nothing ? ['nothing differs'] : []),
    ...section('Regrouped', sentences, page),
    ...section('Groups that lose or gain devices', [...left.map(said('loses')), ...joined.map(said('gains'))], page),
    ...section(
      'Groups that are not told, and so not compared',
      [...untoldOf(a, untold.a), ...untoldOf(b, untold.b)],
      page,
    ),
    ...section(`In ${a} only`, listed(onlyInA), page),
    ...section(`In ${b} only`, listed(onlyInB), page),
    ...section(
      'Other drivers',
      drivers.map((one) => `${one.device}: ${one.a ?? 'none'}, then ${one.b ?? 'none'}`),
      page,
    ),
    ...section(
      'Another verdict on the group of these devices',
      verdicts.map((one) => `${one.devices.join(' ')}: ${one.a}; then ${one.b}`),
      page,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const parts = (groups: readonly (readonly string[])[]): string =>
  groups.length === 1 ? 'one group' : `${groups.length} groups`;

const said =
  (verb: 'loses' | 'gains') =>
  ({ devices, beside }: Beside): string =>
    `the group of ${beside.join(' ')} ${verb} ${devices.join(' ')}`;

const untoldOf = (machine: string, names: readonly string[]): readonly string[] =>
  names.length === 0
    ? []
    : [
        `${machine} does not tell the ${names.length === 1 ? 'group' : 'groups'} of ${names.length > FEW ? count(names.length, 'device') : names.join(' ')}`,
      ];

const listed = (names: readonly string[]): readonly string[] => (names.length === 0 ? [] : [names.join(' ')]);
