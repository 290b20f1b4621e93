import { join } from 'node:path';
import { exhibitMarkdown, exhibitsText, isAsExpected, pageNameOf, type Exhibit } from '@busward/report';
import { buildCommand } from '@stricli/core';
import { checked } from '../checked.ts';
import { endWith } from '../terminal/exit-code.ts';
import { makeFolder } from '../files/make-folder.ts';
import { pageOf } from '../terminal/page.ts';
import { folderFlag } from '../flags/paths.ts';
import { loadScenario, scenarioFilesIn, shippedScenarios } from '../files/scenario-files.ts';
import { writeWhole } from '../files/write-whole.ts';

interface Flags {
  readonly save?: string;
}

export const museumCommand = buildCommand<Flags, string[]>({
  docs: {
    brief: 'known bugs found again: each as a scenario, before and after',
    fullDescription:
      'Checks every exhibit that comes with the tool, and those given. Exit code 1: one is not as it is told.',
  },
  parameters: {
    positional: {
      kind: 'array',
      parameter: {
        brief: 'more scenario files to exhibit, beside those that come with the tool',
        parse: String,
        placeholder: 'file',
      },
    },
    flags: {
      save: folderFlag('also write a page in markdown for each into this folder'),
    },
  },
  async func({ save }, ...paths) {
    const exhibits: Exhibit[] = [];
    for (const path of [join(shippedScenarios, 'museum'), ...paths])
      for (const file of scenarioFilesIn(path)) {
        const loaded = await loadScenario(file);
        exhibits.push({ ...checked(loaded), source: loaded.text });
      }
    exhibits.sort((a, b) => nameOf(a).localeCompare(nameOf(b), 'en'));
    if (save !== undefined) {
      makeFolder(save);
      for (const exhibit of exhibits) writeWhole(join(save, pageNameOf(exhibit)), exhibitMarkdown(exhibit));
    }
    process.stdout.write(exhibitsText(exhibits, pageOf(process.stdout)));
    if (!exhibits.every(isAsExpected)) endWith(1);
  },
});

const nameOf = (exhibit: Exhibit): string => exhibit.scenario.story?.id ?? pageNameOf(exhibit);
