/* What a process does before its command begins, as told by a module that Node loads first. */

import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { expect, it } from '@jest/globals';
import { commandLine, file, root } from './command-line.ts';

/** Prints a line when V8 is told something, when a function of a plugin is tried, and when a module is asked for by its name. */
const telling = file(
  'telling.mjs',
  `import { register, syncBuiltinESMExports } from 'node:module';
   import v8 from 'node:v8';
   import { probing } from ${JSON.stringify(pathToFileURL(`${root}packages/core/dist/index.js`).href)};
   v8.setFlagsFromString = () => console.error('tells V8');
   syncBuiltinESMExports();
   probing.begins = () => console.error('tries');
   register('data:text/javascript,' + encodeURIComponent(\`
     import { writeSync } from 'node:fs';
     export const resolve = (name, context, next) => {
       writeSync(2, 'loads ' + name + '\\\\n');
       return next(name, context);
     };\`));`,
);

const told = (...args: string[]): readonly string[] =>
  spawnSync(process.execPath, ['--import', telling, commandLine, ...args], {
    cwd: root,
    encoding: 'utf8',
  }).stderr.split('\n');

it('V8, where it is told to wait, is told before any plugin is tried', () => {
  const lines = told('buses').filter((line) => ['tells V8', 'tries'].includes(line));
  expect(lines[0]).toBe(process.versions.v8.startsWith('11.') ? 'tells V8' : 'tries');
  expect(lines).toContain('tries');
});

it.each([
  ['buses', [], []],
  ['inspect', ['examples/machines/tegra-tegra186-p2771-c.txt'], []],
  ['compare', ['--bus', 'pci', '--strategy', 'v7'], []],
  ['schema', [], ['loads yaml', 'loads zod']],
])('%s loads what it needs', (command, args, needs) => {
  const lines = told(command, ...args);
  expect(lines).toContain('loads @busward/core');
  expect([...new Set(lines)].filter((line) => ['loads yaml', 'loads zod'].includes(line)).toSorted()).toEqual(needs);
});
