import { match } from 'ts-pattern';
import type { Reconciled } from './reconcile.ts';
import type { Fate, Surveyed } from './survey.ts';

/** What became of the mutants, file by file. */
export function tableOf(surveyed: readonly Surveyed[]): string {
  const files = [...new Set(surveyed.map(({ mutant }) => mutant.file))];
  const rows = files.map((file) => [file, ...countsOf(surveyed.filter(({ mutant }) => mutant.file === file))]);
  return aligned([heads, ...rows, ['all', ...countsOf(surveyed)]]);
}

const heads = ['file', 'guards', 'mutants', 'scenario', 'principle', 'contract', 'never reached', 'survive'];

function countsOf(of: readonly Surveyed[]): readonly string[] {
  const by = (kind: string): number =>
    of.filter(({ fate }) => (fate.kind === 'noticed' ? fate.by : fate.kind) === kind).length;
  const guards = of.filter(({ mutant }) => mutant.kind === 'guard').length;
  return [guards, of.length, by('scenario'), by('principle'), by('contract'), by('never reached'), by('survives')].map(
    String,
  );
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at]!))).join('  '))
    .join('\n');
}

/** Who noticed what. */
export const noticedText = (surveyed: readonly Surveyed[]): string =>
  surveyed
    .filter(({ fate }) => fate.kind === 'noticed')
    .map(describe)
    .join('\n');

/** Survivors by reason; then what has to be done about the others. */
export function survivorsText({ excused, unlisted, stale }: Reconciled): string {
  return [
    ...excused.map(({ because, found }) => [`${because}:`, ...found.map((one) => `  ${describe(one)}`)].join('\n')),
    ...(unlisted.length === 0
      ? []
      : [
          [
            'NOBODY NOTICES these, and survivors.ts does not say why; write the scenario that does, or the reason:',
            ...unlisted.map((one) => `  ${describe(one)}`),
          ].join('\n'),
        ]),
    ...(stale.length === 0
      ? []
      : [['NO LONGER SURVIVORS; take them out of survivors.ts:', ...stale.map((id) => `  ${id}`)].join('\n')]),
  ].join('\n\n');
}

/** never decides: in no trial it would go another way there. unseen: it does, and nobody minds. */
const describe = ({ mutant, fate }: Surveyed): string => `${mutant.id}  [${wordsOf(fate)}]`;

const wordsOf = (fate: Fate): string =>
  match(fate)
    .with({ kind: 'noticed' }, ({ by, trial, says }) => `${by}: ${trial}: ${says}`)
    .with({ kind: 'never reached' }, () => 'never reached')
    .with({ kind: 'survives', tried: 0 }, () => 'never decides')
    .with(
      { kind: 'survives' },
      ({ differed, tried }) => `unseen in ${tried} trials, ${differed} of them explore other states`,
    )
    .exhaustive();
