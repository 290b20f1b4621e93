import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { busward, commandLine, file } from './command-line.ts';

const bytes = gzipSync('a text that is packed, with \u0007 in it');
const binary = (name: string): string => {
  const path = file(name, '');
  writeFileSync(path, bytes);
  return path;
};

it.each([
  ['verify-certificate', 'bin.gz'],
  ['convert', 'bin.gz'],
  ['check', 'bin.yaml'],
  ['run', 'bin.yaml'],
])('%s %s says that it is a binary file, and prints no byte of it', async (command, name) => {
  const { code, out, err } = await busward(command, binary(name));
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/bin\.(gz|yaml): is (a binary file, and no text; give|no scenario file)/);
  expect(err.trim()).not.toMatch(/\p{Cc}|\uFFFD/u);
});

it('explain says so of standard input', async () => {
  const err = await new Promise<string>((resolve) => {
    const child = execFile(process.execPath, [commandLine, 'explain', '-'], (_, __, said) => resolve(said));
    child.stdin!.end(bytes);
  });
  expect(err).toBe('busward: standard input: is a binary file, and no text; give the text that was printed\n');
});
