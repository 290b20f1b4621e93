import { appendFileSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { busward, file, root } from './command-line.ts';

// Each starts the command line anew, some for every scenario.
jest.setTimeout(60_000);

const written = (name: string, change: (text: string) => string): string =>
  file(name, change(readFileSync(join(root, 'packages/scenario/scenarios/litmus/L02.yaml'), 'utf8')));

describe('busward check', () => {
  it('checks every scenario that comes with the tool, at least fifty, and all are as they expect', async () => {
    const { code, out } = await busward('check');
    const [, good, all] = /(\d+) of (\d+) scenarios are as expected/.exec(out)!;
    expect([code, good]).toEqual([0, all]);
    expect(Number(all)).toBeGreaterThanOrEqual(50);
  });
  it('tells one scenario with the execution that refutes it', async () => {
    const { code, out } = await busward('check', 'litmus/L02.yaml');
    expect(code).toBe(0);
    expect(out).toMatch(/^linux@5\.10: refuted, after bind A to vfio-pci, by$/m);
    expect(out).toMatch(/^1 {2}u0: claim g$/m);
  });
  it('tells a device that is in no group, which may have been forgotten', async () => {
    const path = written('forgotten.yaml', (text) => text.replace('[A, B]', '[A]'));
    const { out } = await busward('check', path);
    expect(out).toMatch(/^B is in no group: nobody can claim it, and nobody's claim keeps a driver off it$/m);
    expect((await busward('check', 'litmus/L02.yaml')).out).not.toContain('in no group');
  });
  it('reads what Windows saves as Unicode', async () => {
    const path = written('utf-8.yaml', (text) => `\ufeff${text}`);
    const both = Buffer.from(readFileSync(path, 'utf8'), 'utf16le');
    writeFileSync(path.replace('utf-8', 'utf-16le'), both);
    writeFileSync(path.replace('utf-8', 'utf-16be'), both.swap16());
    const { code, out, err } = await busward(
      'check',
      ...['8', '16le', '16be'].map((of) => path.replace('-8', `-${of}`)),
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('3 of 3 scenarios are as expected');
  });
  it('ends with 1 where a verdict is not the expected one', async () => {
    const path = written('wrong.yaml', (text) =>
      text.replace('linux@5.10, ', '').replace('holds: [', 'holds: [linux@5.10, '),
    );
    const { code, out } = await busward('check', path);
    expect(code).toBe(1);
    expect(out).toMatch(/^linux@5\.10 +fails +expected: holds/m);
  });
  it('holds a verdict under --profile against what the file expects there', async () => {
    const path = written('wrong-there.yaml', (text) =>
      text.replace('linux@5.10, ', '').replace('holds: [', 'holds: [linux@5.10, '),
    );
    const one = await busward('check', path, '--profile', 'linux@5.10');
    expect([one.code, one.out]).toEqual([1, expect.stringMatching(/^linux@5\.10 +fails +expected: holds/m)]);
    const { code, out } = await busward('check', path, 'litmus/L02.yaml', '--profile', 'linux@5.10');
    expect(code).toBe(1);
    expect(out).toMatch(
      /wrong-there\.yaml +linux@5\.10 +NO\nlitmus\/L02\.yaml +linux@5\.10 +yes\n\n1 of 2 scenarios are as/,
    );
  });
  it('expects nothing under a --profile that the file does not name', async () => {
    const unnamed = written('unnamed.yaml', (text) => text.replace('linux@5.10, ', ''));
    const { code, out } = await busward('check', unnamed, 'litmus/L02.yaml', '--profile', 'linux@5.10');
    expect(code).toBe(0);
    expect(out).toMatch(/unnamed\.yaml +linux@5\.10 +-\n/);
    expect(out).toMatch(/^1 of 1 scenarios are as expected; of 1 more nothing is expected$/m);
    const none = await busward('check', unnamed, unnamed, '--profile', 'linux@5.10');
    expect([none.code, none.out]).toEqual([0, expect.stringMatching(/^of 2 scenarios nothing is expected$/m)]);
  });
  it('is undecided at a limit where nothing is expected, too', async () => {
    const unnamed = written('unnamed-there.yaml', (text) => text.replace('linux@5.10, ', ''));
    const args = ['--profile', 'linux@5.10', '--max-states', '3'];
    const { code, out } = await busward('check', unnamed, 'litmus/L02.yaml', ...args);
    expect([code, out]).toEqual([1, expect.stringMatching(/^0 of 2 scenarios are as expected, 2 undecided$/m)]);
    expect(out).not.toMatch(/ yes$/m);
  });
  it('refuses a scenario whose antecedent never comes about', async () => {
    const path = written('vacuous.yaml', (text) => text.replace('when: claim g = OK', 'when: claim g = EINVAL'));
    const { code, out } = await busward('check', path);
    expect(code).toBe(1);
    expect(out).toMatch(/^v8 +vacuous +expected: holds/m);
    expect(out).toMatch(/^never: P1; when: claim g = EINVAL$/m);
    expect(out).toMatch(/^vacuous under v8, domain-compare, [^:]*:\s+never claim g = EINVAL$/m);
  });
  it('is undecided, and never "holds", at a limit', async () => {
    const { code, out } = await busward('check', 'litmus/L02.yaml', '--max-states', '3');
    expect(code).toBe(1);
    expect(out).toMatch(/^v8 +undecided +expected: holds/m);
    expect(out).not.toMatch(/^\S+ +holds/m);
    expect(out).not.toContain('is reached');
    const several = await busward('check', 'litmus/L02.yaml', 'litmus/L03.yaml', '--max-states', '3');
    expect([several.code, several.out]).toEqual([
      1,
      expect.stringMatching(/^ +undecided +v8[^]*^0 of 2 scenarios are as expected, 2 undecided$/m),
    ]);
  });
  it('asks the generators themselves with --engine naive, and says so', async () => {
    const [{ out }, by] = await Promise.all([
      busward('check', 'litmus/L02.yaml'),
      busward('check', 'litmus/L02.yaml', '--engine', 'naive'),
    ]);
    const verdicts = (text: string): readonly string[] => text.match(/^\S+ +(holds|fails) +as expected/gm) ?? [];
    expect(by.code).toBe(0);
    expect(verdicts(by.out).length).toBeGreaterThan(2);
    expect(verdicts(by.out)).toEqual(verdicts(out));
    expect(by.out).toMatch(/^engine naive: the generators themselves/m);
    expect(out).not.toContain('engine');
  });
  it.each(['diagram', 'spin'])('knows no engine %s for a scenario', async (name) => {
    const { code, err } = await busward('check', 'litmus/L02.yaml', '--engine', name);
    expect(code).toBe(2);
    expect(err).toMatch(/expected one of planner, explicit, naive/);
    expect(/sets of states/.test(err)).toBe(name === 'diagram');
  });
  it('says how many devices a group of a scenario can have, in its export, too', async () => {
    const more = Array.from({ length: 40 }, (_, at) => `D${at}`);
    const path = written('many.yaml', (text) =>
      text
        .replace('devices: {', `devices: { ${more.map((name) => `${name}: pci,`).join(' ')}`)
        .replace('[A, B]', `[A, B, ${more.join(', ')}]`),
    );
    for (const args of [['check'], ['export', 'promela']])
      expect(await busward(...args, path)).toEqual({
        code: 2,
        out: '',
        err: `busward: ${path}: g has 42 devices, and a scenario can have 31 in one group where a principle is judged; leave some out\n`,
      });
  });
  it('says file, line and column, checks the others, and ends with 2', async () => {
    const { code, out, err } = await busward(
      'check',
      written('typo.yaml', (text) => text.replace('never:', 'nver:')),
      'litmus/L02.yaml',
    );
    expect(code).toBe(2);
    expect(err).toMatch(/typo\.yaml:\d+:1: 'nver' means nothing here; did you mean 'never'\?/);
    expect(out).toContain('litmus/L02.yaml');
    expect(out).toMatch(/^1 more could not be read$/m);
  });
  it('ships the schema that it reads by', async () => {
    const { out } = await busward('schema');
    expect(JSON.parse(readFileSync(join(root, 'packages/scenario/scenario.schema.json'), 'utf8'))).toEqual(
      JSON.parse(out),
    );
  });
});

describe('busward run', () => {
  it('carries out one order under every variant, side by side', async () => {
    const { code, out } = await busward('run', 'litmus/L02.yaml', '--profile', 'linux@5.10', '--profile', 'v8');
    expect(code).toBe(0);
    expect(out).toMatch(/^bind B to nvme +crash +EBUSY$/m);
  });
  it('says what of that which comes before did not succeed', async () => {
    const path = written('before.yaml', (text) =>
      text.replace('before: [bind A to vfio-pci]', 'before: [bind A to vfio-pci, bind A to vfio-pci]'),
    );
    const { out } = await busward('run', path, '--profile', 'linux@6.1');
    expect(out).toMatch(/^linux@6\.1: before: 'bind A to vfio-pci' = EBUSY, and has to succeed/m);
    expect((await busward('run', 'litmus/L02.yaml')).out).not.toContain('has to succeed');
  });
  it('takes the order that is asked for, and says what is wrong with another', async () => {
    const first = await busward('run', 'litmus/L02.yaml', '--order', 'root,u0,u0', '--profile', 'v8');
    expect(first.out).toMatch(/^u0: claim g +EPERM$/m);
    const short = await busward('run', 'litmus/L02.yaml', '--order', 'root,u0');
    expect([short.code, short.err]).toEqual([
      2,
      "busward: litmus/L02.yaml: 'u0' still has 1 to do; name every actor once an operation\n",
    ]);
  });
});

describe('busward museum', () => {
  it('finds at least twenty of the known bugs, and four hypotheses, as they are told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'museum-'));
    const { code, out } = await busward('museum', 'examples/4-cdx/M22.yaml', '--save', folder);
    expect(code).toBe(0);
    const pages = readdirSync(folder);
    const told = new Set(pages.map((name) => name.replace(/[-.].*$/, '')));
    expect([...told].filter((id) => id.startsWith('M')).length).toBeGreaterThanOrEqual(20);
    expect(told).toEqual(new Set([...told, 'H1', 'H3', 'H6', 'H7', 'M22']));
    expect(out).toContain(`${pages.length} of ${pages.length} as they are told`);
    for (const name of pages)
      expect(readFileSync(join(root, 'docs/museum', name), 'utf8')).toBe(readFileSync(join(folder, name), 'utf8'));
  });
});

describe('busward convert', () => {
  const recording = 'packages/traces/recordings/x86-amdvi/core-6.1.jsonl.gz';
  it('makes a scenario of a recording, which can go as it was recorded', async () => {
    const { out } = await busward('convert', recording, '--name', 'alone-user-then-kernel');
    const { code, out: told } = await busward('check', file('recorded.yaml', out));
    expect(code).toBe(0);
    expect(told).toMatch(/^linux@6\.1 +holds +as expected/m);
  });
  it('makes a scenario of a witness, which shows it again', async () => {
    const { out } = await busward('convert', 'museum/M06.yaml');
    expect((await busward('check', file('m06.yaml', out))).out).toMatch(/^sibling-scan +holds +as expected/m);
  });
  it('writes a witness as steps for the agent of the recordings', async () => {
    const { out } = await busward('convert', 'litmus/L02.yaml', '--to', 'trace', '--profile', 'linux@5.10');
    expect(out.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      'bind C vfio-pci',
      'gopen u0 C',
      'cset u0 C',
      'bind D uio_pci_generic',
    ]);
  });
  it('says what it cannot do', async () => {
    const none = await busward('convert', recording, '--name', 'alone');
    expect(none.err).toMatch(/no scenario 'alone'; did you mean 'alone-[\w-]+'\?/);
    const agent = await busward('convert', 'museum/M19.yaml', '--to', 'trace');
    expect([agent.code, agent.err]).toEqual([
      2,
      "busward: museum/M19.yaml: the recordings' agent cannot 'register the IOMMU of g'\n",
    ]);
  });
});

describe('busward compare --save', () => {
  it('keeps every witness as a scenario that shows it again', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'saved-')), 'new');
    await busward('compare', '--strategy', 'legacy,v7,v8', '--save', folder);
    expect(readdirSync(folder).length).toBeGreaterThan(3);
    const { code, out } = await busward('check', folder);
    expect(code).toBe(0);
    expect(out).not.toContain('NO');
  });
  it('leaves a file as it was that somebody has worked on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'saved-'));
    const save = () => busward('compare', '--strategy', 'v8', '--bus', 'pci', '--save', folder);
    expect((await save()).err).toBe(`busward: ${folder}: 1 scenario written\n`);
    const [name] = readdirSync(folder);
    appendFileSync(join(folder, name!), '# why\n');
    expect((await save()).err).toMatch(
      /: left as it was: it says something else; name another folder\n.*: 0 scenarios/,
    );
    expect(readFileSync(join(folder, name!), 'utf8')).toMatch(/# why\n$/);
  });
});

describe('busward try', () => {
  const plugin = `import { defineStrategy, linux612, type Strategy } from '@busward/core';
    export const mine: Strategy = defineStrategy({ ...linux612, name: 'mine', says: 'a try' });`;
  it('runs every shipped scenario on a strategy in TypeScript', async () => {
    const { code, out } = await busward('try', file('mine.ts', plugin), '--once');
    expect(code).toBe(0);
    expect(out).toMatch(/mine: \d+ of \d+ scenarios as expected/);
    // Under 7.3 nobody is bound beside a user: it is vacuous there.
    expect(out).not.toContain('litmus/L02-crash.yaml');
  });
  it('moves the PCI devices of the scenarios to a bus, and shows where it falls short', async () => {
    const { out } = await busward('try', 'examples/3-around-the-check/bus.js', '--once');
    expect(out).toMatch(/litmus\/L02\.yaml +NO +v8 fails/);
  });
});
