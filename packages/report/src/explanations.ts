import { compareVersions } from '@busward/core';
import { errnoText, type ExplainedCause, type Explanation } from '@busward/passthrough';
import { wrap, type Page } from './columns.ts';

/** What messages mean, and which causes are the machine's. */
export function explanationsText(explanations: readonly Explanation[], page: Page): string {
  return `${explanations.map((one) => explanationLines(one, page).join('\n')).join('\n\n')}\n`;
}

function explanationLines(explanation: Explanation, page: Page): readonly string[] {
  const { line, means, does, errno, causes, todo, source, device, group, notes } = explanation;
  const told = errno === undefined ? [] : [`${does === undefined ? '' : `${does}: `}${errnoText(errno)}`];
  const about = [...(device === undefined ? [] : [device]), ...(group === undefined ? [] : [`group ${group}`])];
  return [
    ...wrap(line, page.width, '> '),
    ...wrap(`${means} (${source})`, page.width),
    ...[...told, ...(about.length > 0 ? [`about ${about.join(', ')}`] : [])].flatMap((one) => wrap(one, page.width)),
    ...notes.flatMap((one) => wrap(`note: ${one}`, page.width)),
    ...(todo === undefined ? [] : wrap(todo, page.width, '  do: ', '      ')),
    ...(causes.length === 0 && todo === undefined ? ['no cause of that is known'] : []),
    ...causes.flatMap((cause) => causeLines(cause, page)),
  ];
}

function causeLines({ says, todo, fit, byKernel, source }: ExplainedCause, page: Page): readonly string[] {
  const mark = { fits: 'this fits', 'does not fit': 'not here', 'cannot tell': 'possible' };
  const colour = { fits: 'mixed', 'does not fit': 'undecided', 'cannot tell': 'undecided' };
  const head = fit ? mark[fit.is] : 'possible';
  const [first = '', ...rest] = wrap(`${head}: ${says}`, page.width, '  - ', '    ');
  const kernels = byKernels(byKernel) || (source ?? '');
  return [
    fit ? first.replace(head, page.paint(colour[fit.is], head)) : first,
    ...rest,
    ...(fit ? wrap(fit.because, page.width, '      ') : []),
    ...(kernels === '' ? [] : wrap(kernels, page.width, '      ')),
    ...(fit?.is === 'does not fit' ? [] : wrap(`do: ${todo}`, page.width, '      ')),
  ];
}

/** `SET_CONTAINER: OK under 5.10, EPERM under 6.1, 6.6, 6.12, 7.3`. */
function byKernels(byKernel: ExplainedCause['byKernel']): string {
  const actions = [...new Set(byKernel.map(({ action }) => action))];
  return actions
    .map((action) => {
      const rows = byKernel
        .filter((one) => one.action === action && one.result !== 'not there')
        .toSorted((a, b) => compareVersions(a.version, b.version));
      const results = [...new Set(rows.map(({ result }) => result))];
      const texts = results.map((result) => {
        const versions = rows.filter((one) => one.result === result).map(({ version }) => version);
        return `${result} under ${versions.join(', ')}`;
      });
      return texts.length === 0 ? '' : `${action}: ${texts.join('; ')}`;
    })
    .filter((text) => text !== '')
    .join('. ');
}
