import { outcomes, type Outcome } from '@busward/core';
import type { Broken, Comparison, ComparisonRow, Verdict } from '@busward/explorer';
import { match } from 'ts-pattern';
import { table, wrap, type Cell, type Page } from './columns.ts';
import { witnessLines } from './witness.ts';

/** The comparison as text. `differences`: only strategies that do not keep every device isolated. */
export function comparisonText(comparison: Comparison, page: Page, { differences = false } = {}): string {
  const { machine, buses, moved } = comparison;
  const shown = (rows: readonly ComparisonRow[]) =>
    differences ? rows.filter((row) => brokenOf(row).length > 0) : rows;
  const rows = shown(comparison.rows);
  const lines = [
    machine.name,
    ...wrap(sizeOf(comparison), page.width),
    '',
    ...wrap(
      'The worst outcome in which a device of the bus takes part, and the steps of a shortest way to it:',
      page.width,
    ),
    '',
    ...verdictTable(
      rows,
      buses.map(({ name }) => name),
      page,
    ),
    ...(rows.length === 0 ? ['(no strategy differs: every device stays isolated)'] : []),
    ...(moved
      ? [
          '',
          ...wrap(`The same for ${moved.device.name} of ${moved.group}, if it were on another bus:`, page.width),
          '',
          ...verdictTable(
            shown(moved.rows),
            buses.map(({ name }) => name),
            page,
          ),
        ]
      : []),
    ...stories(rows, page),
    '',
    'Bound',
    ...comparison.bound.flatMap((sentence) => wrap(sentence, page.width, '  - ', '    ')),
    ...wrap(`${comparison.states.toLocaleString('en')} states visited`, page.width, '  - ', '    '),
  ];
  return `${lines.join('\n')}\n`;
}

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

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`;

function verdictTable(rows: readonly ComparisonRow[], buses: readonly string[], page: Page): readonly string[] {
  const heads: readonly Cell[] = ['strategy', ...buses, 'breaks'].map((text) => ({ text }));
  return table(
    [
      heads,
      ...rows.map((row) => [
        { text: row.strategy.name },
        ...buses.map((bus) => cellOf(row.verdicts.get(bus)!)),
        { text: [...new Set(brokenOf(row).flatMap(({ breaks }) => breaks))].join(' ') },
      ]),
    ],
    page,
  );
}

const cellOf = (verdict: Verdict): Cell =>
  match(verdict)
    .with({ kind: 'absent' }, () => ({ text: '-' }))
    .with({ kind: 'isolated' }, () => ({ text: 'isolated', outcome: 'isolated' }))
    .with({ kind: 'undecided' }, () => ({ text: 'undecided', outcome: 'undecided' }))
    .with({ kind: 'broken' }, ({ outcome, witness }) => ({
      text: `${shortly(outcome)} ${witness.steps.length}`,
      outcome,
    }))
    .exhaustive();

const shortly = (outcome: Outcome): string => (outcome === 'refused without cause' ? 'refused' : outcome);

const brokenOf = (row: ComparisonRow): readonly Broken[] =>
  [...row.verdicts.values()].filter((verdict): verdict is Broken => verdict.kind === 'broken');

/** The witness of each strategy's worst outcome; strategies that tell the same story share it. */
function stories(rows: readonly ComparisonRow[], page: Page): readonly string[] {
  const told = new Map<string, { readonly names: string[]; readonly broken: Broken }>();
  for (const row of rows) {
    const [first] = brokenOf(row).toSorted(
      (a, b) =>
        outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) || a.witness.steps.length - b.witness.steps.length,
    );
    if (!first) continue;
    const lines = witnessLines(first.witness, page).join('\n');
    const old = told.get(lines);
    if (old) old.names.push(row.strategy.name);
    else told.set(lines, { names: [row.strategy.name], broken: first });
  }
  return [...told].flatMap(([lines, { names, broken }]) => [
    '',
    ...wrap(
      `${names.join(', ')}: ${broken.outcome} (${broken.principle.id}, ${broken.principle.name}) at ${broken.device}`,
      page.width,
    ),
    ...wrap(broken.principle.sentence, page.width, '  '),
    '',
    lines,
  ]);
}
