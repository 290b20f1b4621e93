import { spawn } from 'node:child_process';
import { expect, it, jest } from '@jest/globals';
import { busward, commandLine, root } from './command-line.ts';

jest.setTimeout(60_000);

// Three operations in flight on the board with 163 devices: seven seconds on a quick machine, and less than one under two strategies.
const long = ['compare', 'examples/machines/iommu-arm64-lx2160a-clearfog-fsl-mc.txt', '--in-flight', '3'];
const shorter = [...long, '--strategy', 'v1,v7'];

it.each([
  ['--timeout', '1', 'a search was stopped after 1 s: what it had not found is undecided', long],
  ['--max-memory', '10M', 'a search was stopped at 10 MiB: what it had not found is undecided', shorter],
  ['--max-states', '1000', 'a search was stopped after 1,000 states: what it had not found is undecided', shorter],
])('%s ends a search, and the report says so', async (flag, value, says, what) => {
  const { code, out } = await busward(...what, flag, value);
  expect(code).toBe(0);
  expect(out.replaceAll(/\s+/g, ' ')).toContain(says);
});

it('what was stopped is undecided, and never isolated', async () => {
  const { out } = await busward('compare', '--strategy', '6.12,7.3', '--max-states', '100');
  expect(out).toMatch(/^7\.3 .*undecided/m);
  expect(out).not.toContain('isolated');
});

it('Ctrl-C ends it with what there is, and with 130', async () => {
  const child = spawn(process.execPath, [commandLine, ...long], { cwd: root });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  const timer = setTimeout(() => child.kill('SIGINT'), 2000);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  expect(code).toBe(130);
  expect(out.replaceAll(/\s+/g, ' ')).toContain('a search was stopped by Ctrl-C');
});

it.each([
  ['--timeout', 'soon', 'expected a time like 90, 90s, 5m or 1h'],
  ['--max-memory', '4', 'expected a size like 500M or 4G'],
])('%s %s says what it expects', async (flag, value, says) => {
  const { code, err } = await busward('compare', flag, value);
  expect(code).toBe(2);
  expect(err).toContain(says);
});

it.each([
  ['compare', []],
  ['diff', ['v8', '6.1']],
  ['matrix', []],
  ['export', ['aut']],
])('%s has no more than 16 operations in flight, and says so', async (command, args) => {
  const { code, out, err } = await busward(command, ...args, '--in-flight', '17');
  expect([code, out]).toEqual([2, '']);
  expect(err).toBe(
    'busward: failed to parse "17" for in-flight: expected a number from 1 to 16; more than that no engine has room for\n',
  );
});

it.each(['planner', 'explicit', 'diagram'])('%s has room for 16 operations in flight', async (engine) => {
  const { code, out, err } = await busward(
    'compare',
    'packages/topology/listings/issue-eve-5670.txt',
    ...['--engine', engine, '--in-flight', '16', '--max-states', '1000', '--timeout', '2'],
  );
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('16 operations in flight');
});
