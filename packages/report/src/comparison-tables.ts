import type { Bus } from '@busward/core';
import type { Comparison, ComparisonRow } from '@busward/explorer';
import { table, wrap, type Cell, type Page } from './columns.ts';
import { brokenOf, cellOf } from './verdicts.ts';

/** Strategies by the buses of the machine; then what would be so if a device were on another bus, as far as that is news. */
export function comparisonTables({ rows, buses, moved }: Comparison, page: Page): readonly string[] {
  const isThere = ({ name }: Bus): boolean => rows.some(({ verdicts }) => verdicts.get(name)!.kind !== 'absent');
  const there = buses.filter(isThere);
  const absent = rows.length === 0 ? [] : buses.filter((bus) => !there.includes(bus));
  const isOpen = [...rows, ...(moved?.rows ?? [])].some(breaksMore);
  const lines = [
    ...(there.length === 0 ? [] : verdictTable(rows, there, page)),
    ...(isOpen ? ['', ...wrap('?: whether it breaks more is undecided, see Bound', page.width)] : []),
    ...(there.length > 0 && absent.length > 0 ? [''] : []),
    ...(absent.length > 0 ? wrap(`No device is on ${either(absent)}.`, page.width) : []),
  ];
  if (!moved || moved.rows.length === 0) return lines;
  const what = `The same for ${moved.device.name} of ${moved.group}, if it were on`;
  const isOther = ({ name }: Bus): boolean => name !== moved.device.bus;
  if (saysTheSame(moved.rows, rows))
    return [
      ...lines,
      ...(absent.length > 0 ? [] : ['']),
      ...wrap(`${what} ${either(buses.filter(isOther))}.`, page.width),
    ];
  const shown =
    buses.length > 1 && moved.rows.every(isAlike)
      ? alikeTable(moved.rows, buses, page)
      : verdictTable(moved.rows, buses, page);
  return [...lines, '', ...wrap(`${what} another bus:`, page.width), '', ...shown];
}

const verdictTable = (rows: readonly ComparisonRow[], buses: readonly Bus[], page: Page): readonly string[] =>
  tableOf(buses.map(columnName), rows, (row) => buses.map(({ name }) => cellOf(row.verdicts.get(name)!)), page);

/** One column for all buses, where every row has but one thing to say. */
const alikeTable = (rows: readonly ComparisonRow[], buses: readonly Bus[], page: Page): readonly string[] =>
  tableOf([`any of the ${buses.length}`], rows, (row) => [...row.verdicts.values()].slice(0, 1).map(cellOf), page);

const tableOf = (
  heads: readonly string[],
  rows: readonly ComparisonRow[],
  cells: (row: ComparisonRow) => readonly Cell[],
  page: Page,
): readonly string[] =>
  table(
    [
      ['strategy', ...heads, 'breaks'].map((text) => ({ text })),
      ...rows.map((row) => [
        { text: row.strategy.name },
        ...cells(row),
        { text: [...principlesOf(row), ...(breaksMore(row) ? ['?'] : [])].join(' ') },
      ]),
    ],
    page,
  );

/** What is told of the row, but for buses without a device. */
const textsOf = ({ verdicts }: ComparisonRow): readonly string[] => [
  ...new Set([...verdicts.values()].filter(({ kind }) => kind !== 'absent').map((verdict) => cellOf(verdict).text)),
];

const isAlike = (row: ComparisonRow): boolean => textsOf(row).length === 1;

/** Every cell of the one table is what the row of the other has throughout. */
const saysTheSame = (rows: readonly ComparisonRow[], others: readonly ComparisonRow[]): boolean =>
  rows.every((row) => {
    const other = others.find(({ strategy }) => strategy === row.strategy);
    const whole = (one: ComparisonRow): string => [...textsOf(one), ...principlesOf(one)].join();
    return other !== undefined && isAlike(row) && whole(row) === whole(other);
  });

/** `pci`, or `pci@5.10`. */
const columnName = ({ name, asIn }: Bus): string => (asIn === undefined ? name : `${name}@${asIn}`);

/** `amba, fsl-mc or host1x`. */
const either = (buses: readonly Bus[]): string =>
  buses
    .map(columnName)
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');

/** Whether it may, for all that is known. */
const breaksMore = (row: ComparisonRow): boolean => brokenOf(row).some(({ undecided }) => undecided.length > 0);

/** By their numbers. */
function principlesOf(row: ComparisonRow): readonly string[] {
  const all = brokenOf(row).flatMap(({ breaks }) => breaks);
  return [...new Set(all)].toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
}
