/* What is printed fits where it is printed. */

import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { commandLine, root } from './command-line.ts';

const said = (env: Record<string, string>, ...args: string[]): string => {
  const { NO_COLOR: _, FORCE_COLOR: __, ...others } = process.env;
  return spawnSync(process.execPath, [commandLine, ...args], {
    cwd: root,
    env: { ...others, ...env },
    encoding: 'utf8',
  }).stdout;
};

const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

const commands = [...said({}, '--help').matchAll(/^ {2}([a-z]\S*) {2,}\S/gm)].map(([, name]) => name!);

it('help lists commands, and flags with each command only', () => {
  const help = said({}, '--help');
  expect(commands).toHaveLength(23);
  expect(help).toMatch(/^ {2}busward <command> \.\.\.\n {2}busward <command> --help\n {2}busward --help$/m);
  expect(help).not.toContain('--kernel');
  expect(said({}, 'inspect', '--help')).toContain('[--kernel version]');
});

it.each([40, 80])('help fits %i columns', (width) => {
  const helps = [[], ...commands.map((name) => [name])].map((name) =>
    said({ COLUMNS: String(width) }, ...name, '--help'),
  );
  for (const help of helps) expect(longest(help)).toBeLessThanOrEqual(width);
});

it.each(['museum', 'profiles', 'buses'])('%s fits 40 columns, and a width that is none is 40', (command) => {
  const narrow = said({ COLUMNS: '40' }, command);
  expect(longest(narrow)).toBeLessThanOrEqual(40);
  expect(said({ COLUMNS: '1' }, command)).toBe(narrow);
});

it('in 40 columns every device has the number of its group', () => {
  const narrow = said({ COLUMNS: '40' }, 'inspect', 'packages/topology/listings/issue-eve-5670.txt');
  expect(narrow.match(/^group.*$/gm)).toEqual(['group 19', 'group 19']);
});

it('colours go through a pipe when they are asked for', () => {
  const coloured = (env: Record<string, string>): boolean =>
    said(env, 'compare', '--strategy', '6.1', '--bus', 'pci').includes('\u001b[32misolated');
  expect(coloured({})).toBe(false);
  expect(coloured({ FORCE_COLOR: '1' })).toBe(true);
  expect(coloured({ FORCE_COLOR: '0' })).toBe(false);
});
