import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it, jest } from '@jest/globals';
import { busward, commandLine, file, root } from './command-line.ts';

jest.setTimeout(60_000);

// Three operations in flight on the board with 163 devices: seven seconds on a quick machine, and less than one under two strategies.
const long = ['compare', 'examples/machines/iommu-arm64-lx2160a-clearfog-fsl-mc.txt', '--in-flight', '3'];
const shipped = Array.from({ length: 3 }, () => 'packages/scenario/scenarios');
const shorter = [...long, '--strategy', 'v1,v7'];

it.each([
  ['--timeout', '1', 'a search was stopped after 1 s: what it had not found is undecided', long],
  ['--max-memory', '10M', 'a search was stopped at 10 MiB: what it had not found is undecided', shorter],
  ['--max-memory', '1K', 'a search was stopped at 1 KiB: what it had not found is undecided', ['compare']],
  ['--max-states', '1000', 'a search was stopped after 1,000 states: what it had not found is undecided', shorter],
])('%s ends a search, and the report says so', async (flag, value, says, what) => {
  const { code, out } = await busward(...what, flag, value);
  expect(code).toBe(0);
  expect(out.replaceAll(/\s+/g, ' ')).toContain(says);
});

it('a terabyte is a size', async () => {
  expect((await busward('matrix', '7.3', '--bus', 'pci', '--max-memory', '1T')).code).toBe(0);
});

it('what was stopped is undecided, and never isolated', async () => {
  const { out } = await busward('compare', '--strategy', '6.12,7.3', '--max-states', '100');
  expect(out).toMatch(/^7\.3 .*undecided/m);
  expect(out).not.toContain('isolated');
});

it.each<[string, readonly string[], RegExp]>([
  ['compare', long, /7\.3 undecided .* a search was stopped by Ctrl-C/],
  ['check', ['check', ...shipped], /\d+ more were not looked at: stopped by Ctrl-C/],
  [
    'export, with many transitions from each state',
    ['export', 'aut', 'packages/topology/listings/issue-eve-5670.txt', '--in-flight', '12'],
    /stopped by Ctrl-C; only a whole system can be exported/,
  ],
])('Ctrl-C ends %s with what there is, and with 130', async (_, args, says) => {
  const { code, said } = await interrupted(2000, ...args);
  expect(code).toBe(130);
  expect(said.replaceAll(/\s+/g, ' ')).toMatch(says);
});

it('what Ctrl-C ends leaves the file as it was', async () => {
  const old = file('old.txt', 'old');
  const { code, said } = await interrupted(2000, 'diff', 'pci', 'platform', '--max-devices', '4', '--output', old);
  expect(code).toBe(130);
  expect(said).toContain('old.txt: left as it was: stopped by Ctrl-C');
  expect(readFileSync(old, 'utf8')).toBe('old');
});

/** Runs the command line, and presses Ctrl-C after a while: how it ends. */
async function interrupted(afterMs: number, ...args: readonly string[]) {
  const child = spawn(process.execPath, [commandLine, ...args], { cwd: root });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  const timer = setTimeout(() => child.kill('SIGINT'), afterMs);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return { code, said };
}

it('histories that are told apart are counted, and not run to their end', async () => {
  const { code, err } = await busward('check', 'museum/M11.yaml', '--no-reduction');
  expect(code).toBe(2);
  expect(err).toMatch(
    /^busward: museum\/M11\.yaml under v8: its operations have more places where histories are told apart/,
  );
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
  expect(err).toBe('busward: --in-flight 17: expected a number from 1 to 16\n');
});

it.each(['planner', 'explicit', 'diagram'])('%s has room for 16 operations in flight', async (engine) => {
  const { code, out, err } = await busward(
    'compare',
    'packages/topology/listings/issue-eve-5670.txt',
    '--engine',
    engine,
    '--in-flight',
    '16',
    '--max-states',
    '1000',
    '--timeout',
    '2',
  );
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('16 operations in flight');
});

it.each([
  ['while machines are generated', ['v8', 'v8', '--max-devices', '8'], 'the first'],
  ['while tables are built', ['host1x'], 'machines of at most 2 devices'],
])('--timeout ends diff %s, undecided', async (_, args, machines) => {
  // Without it one takes minutes, and the other is decided.
  const { code, out } = await busward('diff', ...args, '--timeout', '1');
  expect(code).toBe(0);
  expect(out).toMatch(/undecided, a search was stopped after 1 s, \d+ of \d+ machines explored/);
  expect(out.replaceAll(/\s+/g, ' ')).toContain(machines);
});

it.each(['--max-devices', '--max-groups', '--max-users'])('%s has an end', async (flag) => {
  const { code, out, err } = await busward('diff', 'v8', 'v8', flag, '99');
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/expected a number from 1 to \d\n$/);
});
