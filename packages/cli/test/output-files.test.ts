/* Where commands write: links, modes, and what is no regular file. */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { busward } from './command-line.ts';

const machine = 'examples/machines/tegra-tegra186-p2771-c.txt';
const folder = (): string => mkdtempSync(join(realpathSync(tmpdir()), 'busward-out-'));

const writing: readonly [string, (file: string) => readonly string[], string][] = [
  ['inspect --svg', (file) => ['inspect', machine, '--svg', file], '<svg'],
  ['inspect --html', (file) => ['inspect', machine, '--html', file], '<!doctype html>'],
  ['audit --csv', (file) => ['audit', machine, '--csv', file], 'file'],
  ['diff --output', (file) => ['diff', 'v8', '6.1', '--max-devices', '1', '--output', file], 'v8 is weaker'],
  ['snapshot -o', (file) => ['snapshot', '--sys', machine, '-o', file], 'busward'],
];

it.each(writing)(
  '%s writes where a link leads, with the mode that the file had, and leaves nothing beside',
  async (_, args, begins) => {
    const own = folder();
    const [real, link] = [join(own, 'real'), join(own, 'link')];
    writeFileSync(real, 'old');
    chmodSync(real, 0o600);
    symlinkSync('real', link);
    const { code } = await busward(...args(link));
    expect(code).toBe(0);
    expect(readFileSync(real, 'utf8')).toContain(begins);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o600);
    expect(readdirSync(own).toSorted()).toEqual(['link', 'real']);
  },
);

it.each(writing)('%s tells what is wrong by the name of its flag', async (name, args) => {
  const flag = name.split(' ')[1]!.replace(/^-o$/, '--output');
  const { code, err } = await busward(...args('/dev/full'));
  expect(code).toBe(2);
  expect(err).toContain(`busward: ${flag} /dev/full: cannot be written: there is no room left; name another file\n`);
});

it('a file that a link is to is made where the link leads', async () => {
  const own = folder();
  symlinkSync('new', join(own, 'link'));
  expect((await busward('inspect', machine, '--svg', join(own, 'link'))).code).toBe(0);
  expect(readFileSync(join(own, 'new'), 'utf8')).toContain('<svg');
});

it('a FIFO is written into, and stays one', async () => {
  const path = join(folder(), 'fifo');
  execFileSync('mkfifo', [path]);
  const [{ code }, read] = await Promise.all([busward('inspect', machine, '--svg', path), readFile(path, 'utf8')]);
  expect(code).toBe(0);
  expect(read).toContain('<svg');
  expect(statSync(path).isFIFO()).toBe(true);
});

it.each<[string, readonly string[], RegExp]>([
  [
    'a folder that is not there',
    ['audit', machine, '--csv', '/nonexist/b'],
    /--csv \/nonexist\/b: cannot be written: there is no folder \/nonexist;/,
  ],
  [
    'a folder',
    ['inspect', machine, '--html', 'packages'],
    /--html packages: cannot be written: it is a folder; give the path of a file/,
  ],
  ['nothing', ['diff', 'v8', '6.1', '--output', ''], /--output '': it is empty; give the path of a file$/],
  [
    'a file where a folder is meant',
    ['museum', '--save', 'LICENSE'],
    /--save LICENSE: cannot be a folder: LICENSE is a file; name another$/,
  ],
  [
    'below a file',
    ['compare', '--save', 'LICENSE/x'],
    /--save LICENSE\/x: cannot be a folder: LICENSE is a file; name another$/,
  ],
  [
    'a folder that cannot be made',
    ['museum', '--save', '/proc/busward/x'],
    /cannot be (made|a folder): .*; name another/,
  ],
  ['what is read', ['inspect', machine, '--svg', machine], /--svg .*: is a file that is read; give another file$/],
  [
    'what a snapshot is made of',
    ['snapshot', '--sys', machine, '-o', `./${machine}`],
    /--output .*: is a file that is read; give another file$/,
  ],
  [
    'what another flag names',
    ['diff', 'v8', '6.1', '--certificate', 'new', '-o', './new'],
    /--certificate new: is for --output already; give another file$/,
  ],
  [
    'what cannot be read again',
    ['audit', machine, '--output', '/proc/self/fd/1'],
    /--output .*: rows are read again, too; give a regular file/,
  ],
])('%s is refused before anything is done', async (_, args, says) => {
  const { code, out, err } = await busward(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err.trim()).toMatch(says);
});
