import { compareVersions, count, thousands } from '@busward/core';
import { judgedBy, type AuditedMachine, type AuditRow } from '@busward/passthrough';
import { section, table, wrap, type Page } from './columns.ts';
import { owningText } from './owning.ts';

/**
 * What many machines come to: who stands in the way, where groups span buses, what another kernel changes, and how near the
 * model comes to those kernels. Rows that are `printed` have told their errors, which is enough where there is nothing else.
 */
export function auditText(
  rows: readonly AuditRow[],
  between: readonly [string, string],
  page: Page,
  { printed = false } = {},
): string {
  const machines = rows.filter(isMachine);
  const errors = rows.filter((row) => 'error' in row);
  const notRead = section('Not read', few(errors.map((row) => ('error' in row ? row.error : ''))), page);
  if (machines.length === 0) return `${[`no machine: ${unread(errors)}`, ...(printed ? [] : notRead)].join('\n')}\n`;
  const sum = (of: (machine: AuditedMachine) => number): number => machines.reduce((all, one) => all + of(one), 0);
  const spanning = machines.filter((one) => one.spanning.length > 0);
  const kernels = [...new Set(machines.map(({ kernel }) => kernel))];
  const near = new Set([...kernels, ...between].toSorted(compareVersions).flatMap((one) => judgedBy(one, []).says));
  const changed = machines.filter(({ changes }) => changes.length > 0);
  const lines = [
    ...wrap(
      `${count(machines.length, 'machine')}, ${count(
        sum(({ devices }) => devices),
        'device',
      )}, ${count(
        sum(({ groups }) => groups),
        'group',
      )}` + (errors.length > 0 ? `; ${unread(errors)}` : ''),
      page.width,
    ),
    ...wrap(kernelsText(kernels), page.width),
    ...wrap(
      owningText((kind) => sum(({ verdicts }) => verdicts[kind])),
      page.width,
    ),
    ...section(
      `Groups that span buses, on ${count(spanning.length, 'machine')}`,
      few(
        spanning.map(
          ({ file, spanning: groups }) =>
            `${file}: ${groups.map(({ group, buses }) => `${group} (${buses.join('+')})`).join(', ')}`,
        ),
      ),
      page,
    ),
    ...blockersTable(machines, page),
    ...section(
      `Another verdict under Linux ${between[1]} than under ${between[0]}, on ${count(changed.length, 'machine')}`,
      few(
        changed.map(
          ({ file, changes }) =>
            `${file}: ${changes.map(({ group, before, after }) => `${group} ${before} -> ${after}`).join(', ')}`,
        ),
      ),
      page,
    ),
    ...section('Notes', few([...near]), page),
    ...notRead,
  ];
  return `${lines.join('\n')}\n`;
}

/** A line for each machine, for spreadsheets; lists are separated by blanks. */
export function auditCsv(rows: readonly AuditRow[]): string {
  const heads = [
    'file',
    'model',
    'kernel',
    'devices',
    'groups',
    'withoutGroup',
    'unread',
    ...kinds,
    'spanning',
    'blockers',
    'changes',
    'error',
  ];
  const cells = rows.map((row) =>
    isMachine(row)
      ? [
          row.file,
          row.model ?? '',
          row.kernel,
          ...[row.devices, row.groups, row.withoutGroup, row.unread, ...kinds.map((kind) => row.verdicts[kind])].map(
            String,
          ),
          row.spanning.map(({ group, buses }) => `${group}:${buses.join('+')}`).join(' '),
          Object.entries(row.blockers)
            .map(([driver, many]) => `${driver}:${many}`)
            .join(' '),
          row.changes.map(({ group, before, after }) => `${group}:${before}>${after}`).join(' '),
          '',
        ]
      : [row.file, ...Array.from({ length: heads.length - 2 }, () => ''), row.error],
  );
  return [heads, ...cells].map((line) => line.map(quoted).join(',')).join('\n') + '\n';
}

const unread = (errors: readonly AuditRow[]): string => `${count(errors.length, 'file')} could not be read`;

const kinds = ['ready', 'free', 'bridges', 'blocked', 'impossible', 'unknown'] as const;

/** A cell that a spreadsheet would take for a formula is text. */
const quoted = (cell: string): string => {
  const text = /^[=+@\t-]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const isMachine = (row: AuditRow): row is AuditedMachine => !('error' in row);

function blockersTable(machines: readonly AuditedMachine[], page: Page): readonly string[] {
  const groups = new Map<string, number>();
  const on = new Map<string, number>();
  for (const { blockers } of machines)
    for (const [driver, many] of Object.entries(blockers)) {
      groups.set(driver, (groups.get(driver) ?? 0) + many);
      on.set(driver, (on.get(driver) ?? 0) + 1);
    }
  const most = [...groups].toSorted(([a, m], [b, n]) => n - m || a.localeCompare(b));
  if (most.length === 0) return [];
  const rows = most.slice(0, 20).map(([driver, many]) => [driver, thousands(many), thousands(on.get(driver)!)]);
  return [
    '',
    'In the way',
    ...table(
      [['driver', 'groups', 'machines'], ...rows].map((row) => row.map((text) => ({ text }))),
      page,
    ),
    ...(most.length > rows.length ? [`and ${count(most.length - rows.length, 'other driver')}`] : []),
  ];
}

const few = (all: readonly string[]): readonly string[] =>
  all.length <= 10 ? all : [...all.slice(0, 9), `and ${thousands(all.length - 9)} more`];

/** By the kernel that each tells, or the newest: what the rows have. */
function kernelsText(kernels: readonly string[]): string {
  const told = kernels.length <= 3 ? kernels.map((one) => `Linux ${one}`).join(', ') : `${kernels.length} kernels`;
  return kernels.length === 1 ? `judged by ${told}` : `each judged by its own kernel: ${told}`;
}
