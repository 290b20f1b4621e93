import { profiles } from '@busward/core';
import { wrap, type Page } from '@busward/report';
import { buildCommand } from '@stricli/core';
import { orSay } from '../terminal/or-say.ts';
import { pageOf } from '../terminal/page.ts';
import { installedPlugins, type Plugins } from '../plugins/plugins.ts';

export const busesCommand = list('the buses there are, installed packages included', ({ buses }, page) =>
  buses.flatMap((bus) => [
    ...entry(bus.name, bus.says, bus.source, page),
    ...(bus.refine ? wrap(`refinement: ${bus.refine.says}`, page.width, '    ') : []),
    ...bus.history.flatMap(({ since, commit, says }) =>
      wrap(says, page.width, `    ${since[0].padEnd(5)} ${commit}  `, ' '.repeat(page.width < 60 ? 8 : 24)),
    ),
    '',
  ]),
);

export const strategiesCommand = list('the strategies there are, installed packages included', ({ strategies }, page) =>
  strategies.flatMap(({ name, says, source }) => [...entry(name, says, source, page), '']),
);

export const principlesCommand = list('the principles there are, installed packages included', ({ principles }, page) =>
  principles.flatMap(({ id, name, outcome, sentence, source }) => [
    ...entry(`${id}  ${name} (else ${outcome})`, sentence, source, page),
    '',
  ]),
);

export const profilesCommand = list('the kernel versions there are, as profiles', (_plugins, page) =>
  profiles.flatMap(({ name, version, strategy, fromSourceOnly }) => [
    ...entry(name, `strategy ${strategy.name}: ${strategy.says}`, `recordings of ${version}`, page),
    ...wrap(`from source only: ${fromSourceOnly.join('; ')}`, page.width, '    '),
    '',
  ]),
);

function list(brief: string, render: (plugins: Plugins, page: Page) => readonly string[]) {
  return buildCommand({
    docs: { brief },
    parameters: {},
    async func() {
      process.stdout.write(
        `${render(await installedPlugins(orSay), pageOf(process.stdout))
          .join('\n')
          .trimEnd()}\n`,
      );
    },
  });
}

const entry = (name: string, says: string, source: string, page: Page): readonly string[] => [
  ...wrap(name, page.width, '', '  '),
  ...wrap(says, page.width, '    '),
  ...wrap(`source: ${source}`, page.width, '    '),
];
