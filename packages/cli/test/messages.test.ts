/* Messages that say what is meant, and what to do. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { busward, file } from './command-line.ts';

const listing = 'packages/topology/listings/issue-eve-5670.txt';
const empty = mkdtempSync(join(tmpdir(), 'busward-empty-'));

it.each<[string, readonly string[], RegExp]>([
  [
    'a folder that is no package',
    ['compare', '--bus', empty],
    /: a folder without a package, or whose entry is not there/,
  ],
  ['what is no recording', ['replay', file('bad.jsonl', '{}')], /schema: .*; is this a recording\? each of its lines/],
  [
    'an unknown --bus',
    ['diff', 'v8', '6.1', '--bus', 'foo'],
    /^busward: --bus: no bus 'foo'; there are amba, platform, fsl-mc, pci, host1x;/,
  ],
  [
    'a device before its machine',
    ['plan', '80:1f.6', listing],
    /^busward: 80:1f\.6: no such file; the machine comes first, as in busward plan packages/,
  ],
  [
    'a bus where a machine is meant',
    ['compare', 'pci'],
    /^busward: pci: no such file; give --bus pci, if that is meant$/,
  ],
  [
    'kernels with a comma',
    ['matrix', 'linux@6.1,linux@7.3'],
    /blanks between them, as in busward matrix linux@6\.1 linux@7\.3$/,
  ],
  [
    'a path, as it was typed',
    ['check', 'packages/scenario/scenarios/litmus/L02.yaml', '--profile', 'foo'],
    /^busward: packages\/scenario\/scenarios\/litmus\/L02\.yaml: --profile: no profile/,
  ],
  [
    'a driver that the scenario has not',
    ['check', 'museum/M26.yaml', '--profile', 'linux@6.12 but fsl_pci.driver_managed_dma=no'],
    /^busward: museum\/M26\.yaml: --profile: no driver 'fsl_pci'; did you mean 'fsl-pci'\? there are /,
  ],
  ...[
    ['run', 'museum/M26.yaml'],
    ['convert', 'museum/M26.yaml'],
    ['export', 'aut', 'museum/M26.yaml'],
    ['export', 'aut'],
  ].map((args): [string, readonly string[], RegExp] => [
    `a driver that is not there, of ${args.join(' ')}`,
    [...args, '--profile', 'v8 but nodrv.driver_managed_dma=no'],
    /^busward: --profile: no driver 'nodrv'; there are /,
  ]),
  [
    'an empty name',
    ['compare', '--bus', 'pci,,amba'],
    /^busward: --bus: a name is empty; give buses, with commas between them$/,
  ],
  [
    'an order that names one too often',
    ['run', 'litmus/L02.yaml', '--order', 'u0,u0,u0,u0,u0'],
    /'u0' has 2 operations; the order names it 5 times$/,
  ],
  [
    'a command that is near to none',
    ['foo'],
    /^busward: no command registered for `foo`; there are inspect, plan, explain, what-if, audit, .*, schema$/,
  ],
])('%s', async (_, args, says) => {
  const { code, out, err } = await busward(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err.trim()).toMatch(says);
});

it('what-if says which kernel it is, and on which bus a device that is added is taken to be', async () => {
  const { out } = await busward('what-if', listing, '--add', 'foo@19');
  expect(out).toContain('kernel 7.3, the newest, since nothing tells which one runs');
  expect(out).toContain('foo is taken to be on platform, by its name');
});

it('takes names with blanks behind their commas', async () => {
  const order = (names: string) => busward('run', 'litmus/L02.yaml', '--order', names, '--profile', 'v8');
  const blank = await order('u0, root, u0');
  expect(blank).toEqual(await order('u0,root,u0'));
  expect([blank.code, blank.err]).toEqual([0, '']);
});

it('audit says by which kernel it judged', async () => {
  expect((await busward('audit', listing)).err).toContain('judged by Linux 7.3');
});

it('a limit that is met at once tells of no operations', async () => {
  const { out } = await busward('diff', 'v8', '6.1', '--max-states', '5', '--max-devices', '1');
  expect(out).toMatch(/undecided, a search was stopped after 5 states, 0 of 5 machines explored\n/);
  const some = await busward('diff', 'v8', '6.1', '--max-states', '500');
  expect(some.out).toMatch(
    / - a search was stopped after 500 states: .*\n {2}- \d machines compared, \d,\d{3} states visited/,
  );
});

it('says what is wrong with --profile once, whatever the number of scenarios', async () => {
  const { code, err } = await busward('check', '--profile', 'foo');
  expect(code).toBe(2);
  expect(err).toMatch(/^busward: [^\n]*: --profile: no profile or strategy 'foo'; there are [^\n]*\n$/);
});

it('takes a driver that is in one of several scenarios, and tells once of one that is in none', async () => {
  const under = (driver: string) =>
    busward('check', 'litmus/L02.yaml', 'museum/M26.yaml', '--profile', `v8 but ${driver}.driver_managed_dma=no`);
  const [there, none] = [await under('fsl-pci'), await under('nodrv')];
  expect([there.code, there.err]).toEqual([0, '']);
  expect([none.code, none.out]).toEqual([2, '']);
  expect(none.err).toMatch(/^busward: [^\n]*: --profile: no driver 'nodrv'; there are [^\n]*\n$/);
});

it('takes the strategy that only a profile has, wherever strategies are taken', async () => {
  for (const args of [
    ['compare', '--strategy', '6.15'],
    ['check', 'litmus/L02.yaml', '--profile', '6.15'],
    ['matrix', '6.15', '--bus', 'pci'],
    ['diff', '6.15', '6.15', '--max-devices', '1'],
  ])
    expect([args[0], (await busward(...args)).err]).toEqual([args[0], '']);
});

it('of one thing it is spoken as of one', async () => {
  const two = file('two.txt', '1 0000:01:00.0 igb\n2 0000:02:00.0 igb\n');
  const scenarios = mkdtempSync(join(tmpdir(), 'busward-'));
  writeFileSync(join(scenarios, 'one.yaml'), '');
  const [compared, limited, folder] = await Promise.all([
    busward('compare', two, '--in-flight', '1'),
    busward('compare', two, '--in-flight', '1', '--max-states', '1'),
    busward('run', scenarios),
  ]);
  expect(compared.out).toMatch(/ 1 operation in flight/);
  expect(compared.out.replaceAll(/\s+/g, ' ')).toContain('group 1 answers for group 2, which differs in names only');
  expect(limited.out).toContain('a search was stopped after 1 state: ');
  expect(folder.err).toMatch(/: a folder with 1 scenario file; give one file/);
});
