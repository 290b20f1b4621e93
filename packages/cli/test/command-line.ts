/* The command line as a person runs it, and plugins to give it. */

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
/** What `pnpm test` has just bundled: from its sources each of some two hundred runs takes a second longer. */
export const commandLine = join(root, 'packages/cli/dist/index.js');
const scratch = mkdtempSync(join(tmpdir(), 'busward-'));

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as a person would in the project's folder. */
export const busward = (...args: string[]): Promise<Said> => buswardIn(root, ...args);

export const buswardIn = (cwd: string, ...args: string[]): Promise<Said> =>
  executed(process.execPath, [commandLine, ...args], cwd);

function executed(command: string, args: readonly string[], cwd: string): Promise<Said> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: { ...process.env, COLUMNS: '100' } }, (error, out, err) =>
      resolve({ code: error ? (error.code as unknown as number) : 0, out, err }),
    );
  });
}

/** With the text of a file piped in. */
export const piped = (input: string, ...args: string[]): Promise<Said> =>
  executed('sh', ['-c', 'cat "$0" | "$@"', input, process.execPath, commandLine, ...args], root);

export function file(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

/** A plugin module that exports one bus, made from a right one by one edit. */
export const plugin = (name: string, edit: string): string =>
  file(
    `${name}.mjs`,
    `import { defineBus, OK } from '@busward/core';
     const right = {
       name: 'mine', source: 'nowhere', says: 'a bus', managedDrivers: [], history: [],
       firmware: ({ name }) => ({ node: name }), isolation: () => ['one'], example: () => ({}), recognise: () => undefined,
       *dma_configure(dev, kernel) {
         const driver = yield* kernel.driver.read(dev);
         if (driver === undefined || driver.managesDma) return kernel.ownership.notNeeded(driver);
         return yield* kernel.ownership.use(dev);
       },
       *dma_unconfigure(dev, kernel) {
         const driver = yield* kernel.driver.read(dev);
         if (driver && !driver.managesDma) yield* kernel.ownership.unuse(dev);
       },
     };
     export const mine = defineBus({ ...right, ${edit} });`,
  );

/** The same, by a `defineBus` that is not the tool's: the module is loaded a second time. */
export const foreignBus = (): string =>
  file(
    'foreign.mjs',
    `import { defineBus } from ${JSON.stringify(new URL('packages/core/dist/index.js?copy', `file://${root}`).href)};
     import { mine } from ${JSON.stringify(new URL(plugin('original', ''), 'file:').href)};
     const { at: _, callsUse: __, ...definition } = mine;
     export const foreign = defineBus(definition);`,
  );

/** The same, by one that is installed beside a module that is CommonJS. */
export const commonJsBus = (name: string): string => {
  const installed = join(scratch, 'node_modules/@busward/core');
  mkdirSync(join(installed, 'node_modules'), { recursive: true });
  for (const part of ['package.json', 'dist'])
    cpSync(join(root, 'packages/core', part), join(installed, part), { recursive: true });
  symlinkSync(join(root, 'packages/core/node_modules/ts-pattern'), join(installed, 'node_modules/ts-pattern'));
  const text = readFileSync(plugin('to-require', ''), 'utf8');
  return file(
    name,
    text.replace(/import (.*) from '(.*)';/, `const $1 = require('$2');`).replace('export const mine', 'exports.mine'),
  );
};

export const strategyPlugin = (name: string, use: string): string =>
  file(
    `${name}.mjs`,
    `import { defineStrategy, linux61 } from '@busward/core';
     let kept; let calls = 0;
     export const mine = defineStrategy({ ...linux61, name: 'mine', ownership: (section, bus) => ({
       ...linux61.ownership(section, bus), ${use},
     }) });`,
  );
