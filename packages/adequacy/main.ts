/*
 * `npx pnpm@10 run verify`: switches off every guard of the kernel in turn, and looks which scenario or principle
 * notices. Exit code 1: a survivor that survivors.ts does not list, one that it lists and is none, or a scenario whose
 * verdict is not the expected one to begin with. `--only` takes the mutants, and `--trials` the trials, whose names
 * match a regular expression; `--workers` says how many processes, `--noticed` also tells who noticed what.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { crewOf } from './crew.ts';
import { allMutants } from './mutants/all-mutants.ts';
import { noticedText, survivorsText, tableOf } from './page.ts';
import { reconcile } from './reconcile.ts';
import { rehearse, survey } from './survey.ts';
import { survivors } from './survivors.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    trials: { type: 'string', default: '' },
    noticed: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});
const start = performance.now();
const mutants = allMutants().filter(({ id }) => new RegExp(values.only).test(id));
const crew = crewOf(Number(values.workers), values.trials);
const rehearsals = await rehearse(crew);
const rehearsed = performance.now();
const surveyed = await survey(crew, mutants, rehearsals);
crew.dismiss();

const wrong = rehearsals.filter(({ expected, verdict }) => expected !== undefined && verdict !== expected);
const reconciled = reconcile(surveyed, survivors, values.only === '' && values.trials === '');
const scenarios = rehearsals.filter(({ kind }) => kind === 'scenario').length;
const seconds = (from: number, to: number): string => `${((to - from) / 1000).toFixed(0)} s`;
console.log(
  [
    tableOf(surveyed),
    ...(values.noticed ? [noticedText(surveyed)] : []),
    survivorsText(reconciled),
    ...wrong.map(({ name, verdict }) => `NOT AS EXPECTED, without any mutant: ${name} ${verdict}`),
    `${mutants.length} mutants; ${scenarios} scenarios, each under one kernel, and ${rehearsals.length - scenarios} worlds; ` +
      `${seconds(start, rehearsed)} without mutants, ${seconds(rehearsed, performance.now())} with them`,
  ].join('\n\n'),
);
process.exitCode = wrong.length + reconciled.unlisted.length + reconciled.stale.length > 0 ? 1 : 0;
