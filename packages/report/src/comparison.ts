import { count, outcomes, principles, thousands, type Outcome } from '@busward/core';
import type { Comparison, ComparisonRow } from '@busward/explorer';
import { wrap, type Page } from './columns.ts';
import { comparisonTables } from './comparison-tables.ts';
import { stories } from './stories.ts';
import { brokenOf, shortly, worstOf } from './verdicts.ts';

/**
 * The comparison as text. `differences`: only strategies that do not keep every device isolated. `each`: the witness of
 * every strategy, not of every outcome.
 */
export function comparisonText(
  comparison: Comparison,
  page: Page,
  { differences = false, each = false }: { readonly differences?: boolean; readonly each?: boolean } = {},
): string {
  const { machine, moved } = comparison;
  const shown = (rows: readonly ComparisonRow[]) =>
    differences ? rows.filter((row) => brokenOf(row).length > 0) : rows;
  const rows = shown(comparison.rows);
  const lines = [
    machine.name,
    ...wrap(sizeOf(comparison), page.width),
    '',
    ...wrap(
      `The worst outcome in which a device of the bus takes part (mixed, exposed, not restored, refused, crash, in this order), and the steps of a shortest way to it${only(comparison)}:`,
      page.width,
    ),
    '',
    ...comparisonTables({ ...comparison, rows, ...(moved && { moved: { ...moved, rows: shown(moved.rows) } }) }, page),
    ...(rows.length === 0 ? [nothingBroken(comparison)] : []),
    ...stories(rows, moved, page, each),
    '',
    'Bound',
    ...comparison.bound.flatMap((sentence) => wrap(sentence, page.width, '  - ', '    ')),
    ...wrap(visited(comparison), page.width, '  - ', '    '),
    ...summary(comparison, page),
  ];
  return `${lines.join('\n')}\n`;
}

/** Says by which principles alone everything is judged, if not by all of core's. */
function only({ principles: judged }: Comparison): string {
  const ids = judged.map(({ id }) => id);
  return principles.every(({ id }) => ids.includes(id)) ? '' : `, judged by ${ids.join(' ')} only`;
}

/** A limit on states is none for what visits no state. */
const visited = ({ states, maxStates }: Comparison): string =>
  states === 0
    ? 'no state visited one by one'
    : `${count(states, 'state')} visited; a search ends undecided after ${thousands(maxStates)}`;

function sizeOf({ machine }: Comparison): string {
  const spanning = machine.groups.flatMap((group) => {
    const members = machine.devices.filter((device) => device.group === group);
    const buses = [...new Set(members.map((device) => device.bus))];
    return buses.length > 1
      ? [`${group} spans ${buses.join(' and ')}: ${members.map((device) => device.name).join(', ')}`]
      : [];
  });
  return [`${count(machine.devices.length, 'device')} in ${count(machine.groups.length, 'group')}`, ...spanning].join(
    '; ',
  );
}

function nothingBroken({ rows }: Comparison): string {
  const kinds = new Set(rows.flatMap((row) => [...row.verdicts.values()].map(({ kind }) => kind)));
  if (kinds.has('undecided')) return '(nothing was found to be broken, and some of it is undecided)';
  return kinds.has('isolated')
    ? '(every device stays isolated under every strategy)'
    : '(the machine has no device of these buses)';
}

/** The last line, once the table is out of sight: which strategies keep every device isolated, and what others come to. */
function summary(comparison: Comparison, page: Page): readonly string[] {
  const { rows } = comparison;
  const ends = new Map<Outcome | 'isolated' | 'undecided' | undefined, string[]>();
  for (const row of rows) ends.set(endOf(row), [...(ends.get(endOf(row)) ?? []), nameOf(row)]);
  if (rows.length < 2 || ends.has(undefined)) return [];
  const isolated = ends.get('isolated') ?? [];
  const told = (['isolated', 'undecided', ...outcomes] as const).flatMap((end) => {
    const names = ends.get(end)?.join(', ');
    return names === undefined || end === 'isolated' ? [] : [`${shortly(end)}: ${names}`];
  });
  const some = isolated.length > 0 && isolated.length < rows.length ? `: ${isolated.join(', ')}` : '';
  const keep = isolated.length === 1 ? 'keeps' : 'keep';
  const first = `${isolated.length} of ${rows.length} strategies ${keep} every device isolated${only(comparison)}${some}`;
  return [
    '',
    ...wrap(`${[...(isolated.length > 0 ? [first] : []), ...told].join('; ')} (table at the top)`, page.width),
  ];
}

const nameOf = (row: ComparisonRow): string =>
  worstOf(row)?.orWorse ? `${row.strategy.name} (or worse)` : row.strategy.name;

function endOf(row: ComparisonRow): Outcome | 'isolated' | 'undecided' | undefined {
  const kinds = [...row.verdicts.values()].map(({ kind }) => kind);
  return (
    worstOf(row)?.outcome ??
    (kinds.includes('undecided') ? 'undecided' : kinds.includes('isolated') ? 'isolated' : undefined)
  );
}
