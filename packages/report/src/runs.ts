import { describeOperation } from '@busward/core';
import type { Run } from '@busward/explorer';
import type { Scenario } from '@busward/scenario';
import { table, wrap, type Page } from './columns.ts';

/** One order of a scenario's operations, carried out under some variants side by side. */
export interface OrderedRun {
  readonly variant: string;
  readonly run: Run;
}

/** A row for each operation, a column for each variant; then what the kernels said, and which principles were broken. */
export function runsText(scenario: Scenario, runs: readonly OrderedRun[], page: Page): string {
  const operations = runs[0]!.run.ran.length === 0 ? [] : longest(runs);
  const rows = operations.map((operation, at) => [
    { text: describeOperation(operation) },
    ...runs.map(({ run }) => ({ text: tell(run.ran[at]) })),
  ]);
  const broken = [
    { text: 'broken' },
    ...runs.map(({ run }) => ({ text: run.broken.toSorted(byNumber).join(' ') || 'nothing' })),
  ];
  const lines = [
    ...wrap(`${scenario.file}: ${scenario.question}`, page.width),
    '',
    ...table([['', ...runs.map(({ variant }) => variant)].map((text) => ({ text })), ...rows, broken], page),
    ...runs.flatMap((one) => {
      const failed = failedBefore(scenario, one);
      return failed === undefined ? [] : ['', ...wrap(`${one.variant}: ${failed}`, page.width)];
    }),
    ...runs.flatMap(({ variant, run }) =>
      run.log.length === 0 ? [] : ['', ...wrap(`${variant} says: ${run.log.join('; ')}`, page.width)],
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** `check` calls a scenario vacuous there. */
function failedBefore({ before }: Scenario, { run }: OrderedRun): string | undefined {
  const failed = run.ran.slice(0, before.length).find(({ result }) => result !== 'OK');
  if (!failed) return undefined;
  return `before: '${describeOperation(failed.operation)}' = ${failed.result}, and has to succeed: what follows says nothing of the scenario`;
}

const longest = (runs: readonly OrderedRun[]) =>
  runs
    .map(({ run }) => run.ran)
    .toSorted((a, b) => b.length - a.length)[0]!
    .map(({ operation }) => operation);

const tell = (ran: Run['ran'][number] | undefined): string =>
  ran === undefined ? '' : ran.completedBy === undefined ? ran.result : `${ran.result}, after waiting`;

/** `P2` before `P10`. */
const byNumber = (one: string, other: string): number => Number(one.slice(1)) - Number(other.slice(1));
