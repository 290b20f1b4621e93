import { compareVersions, count } from '@busward/core';
import type { Replayed } from '@busward/traces';
import { table, wrap, type Page } from './columns.ts';

/** The recordings of one file, replayed under one profile. */
export interface ReplayedFile {
  readonly file: string;
  /** `linux@6.1`: the profile of the kernel that was recorded. */
  readonly recorded: string;
  readonly profile: string;
  readonly replayed: readonly Replayed[];
}

/** Agreement file by file, the first divergence of each scenario, and what the recorded kernels broke themselves. */
export function replaysText(files: readonly ReplayedFile[], page: Page): string {
  const all = files.flatMap(({ replayed }) => replayed);
  const steps = all.reduce((sum, one) => sum + one.steps, 0);
  const rows = files.map(({ file, profile, replayed }) => [
    { text: file },
    { text: profile },
    { text: agreement(replayed) },
  ]);
  const lines = [
    ...table([['recordings', 'profile', 'agree'].map((text) => ({ text })), ...rows], page),
    '',
    ...wrap(`${agreement(all)} scenarios agree, ${count(steps, 'step')}`, page.width),
    ...files.flatMap((file) => divergencesOf(file, page)),
    ...kernelsText(files, page),
  ];
  return `${lines.join('\n')}\n`;
}

/** Profiles by kernels: how many scenarios of each kernel every profile explains. */
export function agreementText(files: readonly ReplayedFile[], page: Page): string {
  const profiles = [...new Set(files.map(({ profile }) => profile))];
  const kernels = [...new Set(files.map(({ recorded }) => recorded))].toSorted((a, b) =>
    compareVersions(a.replace('linux@', ''), b.replace('linux@', '')),
  );
  const cell = (profile: string, kernel: string): string =>
    agreement(
      files.filter((file) => file.profile === profile && file.recorded === kernel).flatMap(({ replayed }) => replayed),
    );
  const rows = profiles.map((profile) => [
    { text: profile },
    ...kernels.map((kernel) => ({ text: cell(profile, kernel) })),
  ]);
  return `${table([['profile', ...kernels].map((text) => ({ text })), ...rows], page).join('\n')}\n`;
}

/** What nothing has exercised, operation by operation. */
export function untakenText(
  found: {
    readonly all: number;
    readonly byScenarios: number;
    readonly untaken: readonly string[];
  },
  page: Page,
): string {
  const operations = [...new Set(found.untaken.map(operationOf))];
  const lines = [
    '',
    ...wrap(
      `Of ${found.all} transitions of the model (operation, step, outcome) ${found.byScenarios} are taken by shipped ` +
        `scenarios only, and these ${found.untaken.length} by neither a recording nor a scenario:`,
      page.width,
    ),
    ...operations.flatMap((operation) =>
      wrap(
        `${operation}: ${found.untaken
          .filter((transition) => operationOf(transition) === operation)
          .map((transition) => transition.slice(operation.length + 2))
          .join('; ')}`,
        page.width,
        '  - ',
        '    ',
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const operationOf = (transition: string): string => transition.slice(0, transition.indexOf(': '));

const agreement = (replayed: readonly Replayed[]): string =>
  `${replayed.filter(({ divergence }) => !divergence).length} of ${replayed.length}`;

function divergencesOf({ file, profile, replayed }: ReplayedFile, page: Page): readonly string[] {
  return replayed.flatMap(({ scenario, divergence }) => {
    if (!divergence) return [];
    const { step, what, kernel, model, state } = divergence;
    return [
      '',
      ...wrap(`${file}, ${scenario}, step ${step} (${divergence.do}): ${what}`, page.width),
      ...wrap(`the kernel: ${kernel}; ${profile}: ${model}`, page.width, '  '),
      ...wrap(`the model: ${state.join(', ')}`, page.width, '  ', '    '),
    ];
  });
}

function kernelsText(files: readonly ReplayedFile[], page: Page): readonly string[] {
  const told = (['P1', 'P14'] as const).flatMap((id) => {
    const cases = files.flatMap(({ file, recorded, replayed }) =>
      replayed.flatMap(({ scenario, broken }) =>
        broken.filter((one) => one.id === id).map((one) => ({ ...one, file, recorded, scenario })),
      ),
    );
    const [first] = cases;
    if (!first) return [];
    const kernels = [...new Set(cases.map(({ recorded }) => recorded))].map(
      (kernel) => `${cases.filter(({ recorded }) => recorded === kernel).length} of ${kernel}`,
    );
    return [
      ...wrap(`${id} in ${count(cases.length, 'scenario')} (${kernels.join(', ')})`, page.width, '  - ', '    '),
      ...wrap(`first: ${first.file}, ${first.scenario}, step ${first.step}: ${first.says}`, page.width, '    '),
    ];
  });
  return told.length === 0 ? [] : ['', 'Broken by the recorded kernels themselves', ...told];
}
