import { outcomes, thousands, type Bus, type Outcome } from '@busward/core';
import type { Broken, Comparison, ComparisonRow, Verdict } from '@busward/explorer';
import { match } from 'ts-pattern';
import { table, wrap, type Cell, type Page } from './columns.ts';
import { count } from './count.ts';
import { witnessLines } from './witness.ts';

/** The comparison as text. `differences`: only strategies that do not keep every device isolated. */
export function comparisonText(comparison: Comparison, page: Page, { differences = false } = {}): string {
  const { machine, buses, moved } = comparison;
  const shown = (rows: readonly ComparisonRow[]) =>
    differences ? rows.filter((row) => brokenOf(row).length > 0) : rows;
  const rows = shown(comparison.rows);
  const names = buses.map(columnName);
  const lines = [
    machine.name,
    ...wrap(sizeOf(comparison), page.width),
    '',
    ...wrap(
      'The worst outcome in which a device of the bus takes part (mixed, exposed, not restored, refused, crash, in this order), and the steps of a shortest way to it:',
      page.width,
    ),
    '',
    ...verdictTable(rows, names, page),
    ...(rows.length === 0 ? [nothingBroken(comparison)] : []),
    ...(moved && shown(moved.rows).length > 0
      ? [
          '',
          ...wrap(`The same for ${moved.device.name} of ${moved.group}, if it were on another bus:`, page.width),
          '',
          ...verdictTable(shown(moved.rows), names, page),
        ]
      : []),
    ...stories(rows, moved, page),
    '',
    'Bound',
    ...comparison.bound.flatMap((sentence) => wrap(sentence, page.width, '  - ', '    ')),
    ...wrap(visited(comparison), page.width, '  - ', '    '),
  ];
  return `${lines.join('\n')}\n`;
}

/** A limit on states is none for what visits no state. */
const visited = ({ states, maxStates }: Comparison): string =>
  states === 0
    ? 'no state visited one by one'
    : `${thousands(states)} states visited; a search ends undecided after ${thousands(maxStates)}`;

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

function verdictTable(rows: readonly ComparisonRow[], buses: readonly string[], page: Page): readonly string[] {
  const heads: readonly Cell[] = ['strategy', ...buses, 'breaks'].map((text) => ({ text }));
  return table(
    [
      heads,
      ...rows.map((row) => [
        { text: row.strategy.name },
        ...[...row.verdicts.values()].map(cellOf),
        { text: principlesOf(row).join(' ') },
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
    .with({ kind: 'broken' }, ({ outcome, witness, orWorse }) => ({
      text: `${shortly(outcome)} ${witness.steps.length}${orWorse ? ' or worse' : ''}`,
      outcome,
    }))
    .exhaustive();

const shortly = (outcome: Outcome): string => (outcome === 'refused without cause' ? 'refused' : outcome);

const brokenOf = (row: ComparisonRow): readonly Broken[] =>
  [...row.verdicts.values()].filter((verdict): verdict is Broken => verdict.kind === 'broken');

/** `pci`, or `pci@5.10`. */
const columnName = ({ name, asIn }: Bus): string => (asIn === undefined ? name : `${name}@${asIn}`);

/** By their numbers. */
function principlesOf(row: ComparisonRow): readonly string[] {
  const all = brokenOf(row).flatMap(({ breaks }) => breaks);
  return [...new Set(all)].toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
}

function nothingBroken({ rows }: Comparison): string {
  const kinds = new Set(rows.flatMap((row) => [...row.verdicts.values()].map(({ kind }) => kind)));
  if (kinds.has('undecided')) return '(nothing was found to be broken, and some of it is undecided)';
  return kinds.has('isolated')
    ? '(every device stays isolated under every strategy)'
    : '(the machine has no device of these buses)';
}

interface Story {
  readonly strategy: string;
  readonly who: string;
  readonly broken: Broken;
}

/** The witness of each strategy's worst outcome, and of each bus that stands apart; whoever tells the same shares it. */
function stories(rows: readonly ComparisonRow[], moved: Comparison['moved'], page: Page): readonly string[] {
  const all: readonly Story[] = [
    ...rows.flatMap((row) => worstOf(row, row.strategy.name)),
    ...(moved?.rows ?? []).flatMap((row) =>
      toldApart(row, rows).flatMap(([bus, verdict]) =>
        worstOf(
          { ...row, verdicts: new Map([[bus, verdict]]) },
          `${row.strategy.name}, ${moved!.device.name} on ${bus}`,
        ),
      ),
    ),
  ];
  const told = new Map<string, Story[]>();
  for (const story of all) {
    const lines = witnessLines(story.broken.witness, page).join('\n');
    const same = told.get(lines) ?? [];
    if (same.every(({ strategy }) => strategy !== story.strategy)) told.set(lines, [...same, story]);
  }
  const legend = 'Steps are numbered; those that only take a lock or look at something are not shown.';
  return [...told].flatMap(([lines, [first, ...others]], at) => {
    const { outcome, principle, device } = first!.broken;
    const who = [first!, ...others].map((story) => story.who).join(', ');
    return [
      '',
      ...(at === 0 ? [...wrap(legend, page.width), ''] : []),
      ...wrap(`${who}: ${outcome} (${principle.id}, ${principle.name}) at ${device}`, page.width),
      ...wrap(principle.sentence, page.width, '  '),
      '',
      lines,
    ];
  });
}

function worstOf(row: ComparisonRow, who: string): readonly Story[] {
  const [broken] = brokenOf(row).toSorted(
    (a, b) =>
      outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) || a.witness.steps.length - b.witness.steps.length,
  );
  return broken ? [{ strategy: row.strategy.name, who, broken }] : [];
}

/** Buses that stand apart; or all, where the machine itself has nothing to tell of. */
function toldApart(row: ComparisonRow, rows: readonly ComparisonRow[]): readonly (readonly [string, Verdict])[] {
  const own = rows.find(({ strategy }) => strategy === row.strategy);
  if (own && brokenOf(own).length > 0) return apart(row);
  return [...row.verdicts].filter(([, { kind }]) => kind === 'broken');
}

/** Buses of a row whose verdict is not that of most. */
function apart({ verdicts }: ComparisonRow): readonly (readonly [string, Verdict])[] {
  const texts = [...verdicts.values()].map((verdict) => cellOf(verdict).text);
  const times = (one: string): number => texts.filter((text) => text === one).length;
  const [usual] = texts.toSorted((a, b) => times(b) - times(a));
  return [...verdicts].filter(([, verdict]) => cellOf(verdict).text !== usual);
}
