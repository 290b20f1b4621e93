import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const tsx = new URL(import.meta.resolve('tsx')).href;
const scratch = mkdtempSync(join(tmpdir(), 'busward-'));

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line from its sources, as a person would in the project's folder. */
const busward = (...args: string[]): Promise<Said> => buswardIn(root, ...args);

function buswardIn(cwd: string, ...args: string[]): Promise<Said> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=busward-source', `--import=${tsx}`, join(root, 'packages/cli/src/index.ts'), ...args],
      { cwd, env: { ...process.env, COLUMNS: '100' } },
      (error, out, err) => resolve({ code: error ? (error.code as unknown as number) : 0, out, err }),
    );
  });
}

function file(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

/** A plugin module that exports one bus, made from a right one by one edit. */
const plugin = (name: string, edit: string): string =>
  file(
    `${name}.mjs`,
    `import { defineBus, OK } from ${JSON.stringify(new URL('packages/core/src/index.ts', `file://${root}`).href)};
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

const strategyPlugin = (name: string, use: string): string =>
  file(
    `${name}.mjs`,
    `import { defineStrategy, linux61 } from ${JSON.stringify(new URL('packages/core/src/index.ts', `file://${root}`).href)};
     let kept; let calls = 0;
     export const mine = defineStrategy({ ...linux61, name: 'mine', ownership: (section, bus) => ({
       ...linux61.ownership(section, bus), ${use},
     }) });`,
  );

const log = 'examples/machines/tegra-tegra186-p2771-c.txt';

describe('busward compare', () => {
  it('without a machine compares on the textbook machine', async () => {
    const { code, out } = await busward('compare', '--strategy', 'domain-compare,6.1');
    expect(code).toBe(0);
    expect(out).toMatch(/^domain-compare +- +mixed \d+ +- +mixed \d+ +-/m);
    expect(out).toMatch(/^6\.1 +- +isolated +- +isolated +-/m);
  });

  it('reads the log of a real machine, whose group 4 spans platform and pci', async () => {
    const { code, out, err } = await busward('compare', log, '--strategy', 'v7,6.1');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('13 devices in 9 groups; group 4 spans platform and pci');
    expect(out).toMatch(/^v7 +- +mixed \d+ +- +mixed \d+ +-/m);
  });

  it('represents 163 devices by three, and says so', async () => {
    const { code, out } = await busward(
      'compare',
      'examples/machines/iommu-arm64-lx2160a-clearfog-fsl-mc.txt',
      '--strategy',
      '6.1',
    );
    expect(code).toBe(0);
    expect(out).toContain('163 devices in 1 group');
    expect(out).toContain('group 0: 162 like devices on fsl-mc represented by dpni.0, dpbp.1');
  });

  it('prints JSON', async () => {
    const { out } = await busward('compare', '--strategy', '6.1', '--bus', 'pci', '--json');
    expect(JSON.parse(out).strategies[0].verdicts).toEqual({ pci: { outcome: 'isolated' } });
  });

  it('judges one principle', async () => {
    const { out } = await busward('compare', '--strategy', 'legacy', '--principle', 'P14', '--bus', 'pci');
    expect(out).toMatch(/^legacy +crash \d+ +P14$/m);
    expect(out).toMatch(/kernel BUG in\s+vfio_iommu_group_notifier\(\)/);
    expect(out).toContain('principles judged: P14;');
  });

  it('takes a bus as Linux had it', async () => {
    const { code, out } = await busward('compare', '--bus', 'pci@5.10', '--strategy', '6.1');
    expect(code).toBe(0);
    expect(out).toMatch(/^6\.1 +mixed \d+/m);
  });

  it('takes a bus and a strategy from files', async () => {
    const { code, out } = await busward('compare', '--bus', plugin('good', ''), '--strategy', '6.1');
    expect([code, out.includes('6.1       -')]).toEqual([0, true]);
    expect(out).toMatch(/^6\.1 +isolated$/m);
    const mine = await busward(
      'compare',
      '--strategy',
      strategyPlugin('lax', `*use() { return 'OK'; }`),
      '--bus',
      'pci',
    );
    expect(mine.out).toMatch(/^mine +mixed/m);
  });

  it('heads a bus as Linux had it with its version, and says what that was', async () => {
    const { out } = await busward('compare', '--bus', 'pci@5.10', '--strategy', '6.1');
    expect(out).toMatch(/^strategy +pci@5\.10/m);
    expect(out).toContain('pci: as in Linux 5.10 (07397df29e57, firmware only)');
  });

  it('gives a plugin its own copy of the packages, so that it needs none installed', async () => {
    const bare = file(
      'bare.mjs',
      readFileSync(plugin('bare-source', ''), 'utf8').replace(/from ".*?"/, `from '@busward/core'`),
    );
    const { code, out } = await busward('compare', '--bus', bare, '--strategy', '6.1');
    expect([code, out]).toEqual([0, expect.stringMatching(/^6\.1 +isolated$/m)]);
  });

  it('says at a limit that there may be worse', async () => {
    const { out } = await busward('compare', '--strategy', 'legacy', '--bus', 'pci', '--max-states', '300');
    expect(out).toMatch(/^legacy +exposed \d+ or worse/m);
    expect(out).toContain('a search ends undecided after 300');
  });

  it('says undecided at a limit', async () => {
    const { out } = await busward('compare', '--strategy', '6.1', '--bus', 'pci', '--max-states', '20');
    expect(out).toMatch(/^6\.1 +undecided$/m);
  });
});

describe('busward buses, strategies, principles', () => {
  it('list what is built in, with sources', async () => {
    const [buses, strategies, principles] = await Promise.all([
      busward('buses'),
      busward('strategies'),
      busward('principles'),
    ]);
    expect(buses.out).toMatch(/^fsl-mc$/m);
    expect(buses.out).toContain('152f33ee30ee');
    expect(strategies.out).toMatch(/^sibling-scan$/m);
    expect(principles.out).toMatch(/^P19 {2}refused with cause/m);
  });
});

describe('busward replay', () => {
  const recorded = 'packages/traces/recordings/x86-amdvi/core-6.1.jsonl.gz';
  it('replays what booted kernels did, and says what they broke', async () => {
    const { code, out } = await busward('replay');
    expect(code).toBe(0);
    expect(out).toContain('1671 of 1671 scenarios agree');
    expect(out).toMatch(/P14 in 45 scenarios \(45 of linux@5\.10\)/);
  });
  it('replays under other profiles, as a matrix', async () => {
    const { code, out } = await busward('replay', recorded, '--profile', 'linux@6.1,legacy');
    expect(code).toBe(0);
    expect(out).toMatch(/^linux@6\.1 +31 of 31$/m);
    expect(out).toMatch(/^legacy +\d+ of 31$/m);
  });
  it('tells a divergence with both sides and the state, and ends with 1', async () => {
    const text = gunzipSync(readFileSync(join(root, recorded)))
      .toString('utf8')
      .replace('"result":"EBUSY"', '"result":"ok"');
    const { code, out } = await busward('replay', file('altered.jsonl', text));
    expect(code).toBe(1);
    expect(out).toMatch(
      /altered\.jsonl,\s+\S+,\s+step\s+\d+\s+\(bind\s[^)]*\):\s+result\n {2}the kernel: ok; linux@6\.1: EBUSY\n {2}the model: /,
    );
    expect(out).toContain('30 of 31 scenarios agree');
  });
  it('replays the other files when one is wrong, and ends with 2', async () => {
    const { code, out, err } = await busward('replay', file('cut.jsonl', '{"schema":1,'), recorded);
    expect(code).toBe(2);
    expect(err).toMatch(/cut\.jsonl:1:13: is no JSON; expected one recorded scenario a line/);
    expect(out).toContain('31 of 31 scenarios agree');
  });
  it('knows no profile of another name', async () => {
    const { code, err } = await busward('replay', '--profile', 'linux@6.2');
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^busward: no profile 'linux@6\.2'; did you mean 'linux@6\.1'\?/),
    ]);
  });
  it('lists profiles', async () => {
    const { out } = await busward('profiles');
    expect(out).toMatch(/^linux@5\.10\n {4}strategy legacy/m);
  });
});

describe('a project that depends on a plugin package', () => {
  const project = mkdtempSync(join(tmpdir(), 'busward-project-'));
  const installed = join(project, 'node_modules/busward-toy');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(project, 'package.json'), JSON.stringify({ devDependencies: { 'busward-toy': '1.0.0' } }));
  writeFileSync(
    join(installed, 'package.json'),
    JSON.stringify({ name: 'busward-toy', keywords: ['busward-plugin'], exports: { '.': { default: './toy.mjs' } } }),
  );
  writeFileSync(join(installed, 'toy.mjs'), readFileSync(plugin('toy', ''), 'utf8'));

  it('has its bus listed, without being told', async () => {
    const { code, out } = await buswardIn(project, 'buses');
    expect(code).toBe(0);
    expect(out).toMatch(/^mine\n {4}a bus$/m);
  });
  it('compares with it, and finds it by its package name', async () => {
    const { out } = await buswardIn(project, 'compare', '--strategy', '6.1', '--bus', 'mine');
    expect(out).toMatch(/^strategy +mine/m);
    const byPackage = await buswardIn(project, 'compare', '--strategy', '6.1', '--bus', 'busward-toy');
    expect(byPackage.out.replace('  - mine: from busward-toy\n', '')).toBe(out);
  });
});

describe('bad input is one clear message and exit code 2', () => {
  it.each<[string, () => string[], RegExp]>([
    [
      'a file that is not there',
      () => ['compare', 'nowhere.txt'],
      /^busward: nowhere\.txt: cannot be read \(ENOENT\); give the path of a kernel boot log$/,
    ],
    [
      'a file that is no boot log',
      () => ['compare', 'LICENSE'],
      /^busward: LICENSE: no device joins an IOMMU group in its \d+ lines; expected/,
    ],
    [
      'an empty file',
      () => ['compare', file('empty.txt', '')],
      /^busward: .*empty\.txt: the file is empty; expected a kernel boot log/,
    ],
    ['a folder', () => ['compare', 'packages'], /^busward: packages: cannot be read \(EISDIR\)/],
    [
      'an unknown bus',
      () => ['compare', '--bus', 'pcii'],
      /^busward: no bus 'pcii'; did you mean 'pci'\? there are amba, platform,/,
    ],
    [
      'an unknown strategy',
      () => ['compare', '--strategy', 'sibling'],
      /^busward: no strategy 'sibling'; did you mean 'sibling-scan'\? there are legacy,/,
    ],
    [
      'an unknown principle',
      () => ['compare', '--principle', 'P99'],
      /^busward: no principle 'P99'; did you mean 'P9'/,
    ],
    [
      'a principle of two runs',
      () => ['compare', '--principle', 'P15'],
      /^busward: principle 'P15' compares two runs; a single one is judged by P1,/,
    ],
    ['no name', () => ['compare', '--bus', ''], /^busward: no bus ''; there are amba,/],
    [
      'a plugin that is not there',
      () => ['compare', '--bus', './missing.js'],
      /^busward: \.\/missing\.js: no such file/,
    ],
    [
      'two buses of one name',
      () => ['compare', '--bus', 'pci,pci@5.10'],
      /^busward: two buses are called 'pci'; a comparison has one of each name/,
    ],
    ['half a version', () => ['compare', '--bus', 'pci@6'], /^busward: '6' is no Linux version; write it like 6\.12/],
    [
      'a version before the bus',
      () => ['compare', '--bus', 'pci@2.6'],
      /^busward: bus 'pci' has no revision for Linux 2\.6; its history begins with 4\.18/,
    ],
    [
      'an unknown flag',
      () => ['compare', '--strategie', 'v7'],
      /No flag registered for --strategie, did you mean --strategy\?/,
    ],
    ['an unknown command', () => ['comparee'], /No command registered for `comparee`, did you mean `compare`\?/],
    ['a number that is none', () => ['compare', '--in-flight', 'two'], /expected a whole number, at least 1/],
    [
      'a module without a plugin',
      () => ['compare', '--bus', file('nothing.mjs', 'export const x = 1;')],
      /nothing\.mjs: exports no bus, strategy or principle/,
    ],
    [
      'a module with a mistake',
      () => ['compare', '--bus', file('typo.mjs', 'export const = 1;')],
      /typo\.mjs: cannot be loaded as a plugin: /,
    ],
    [
      'a bus given as a strategy',
      () => ['compare', '--strategy', plugin('asStrategy', '')],
      /exports no strategy; it was given as one/,
    ],
    [
      'a hook that is no generator',
      () => ['compare', '--bus', plugin('plain', 'dma_configure: () => OK')],
      /bus 'mine', dma_configure: is no generator function/,
    ],
    [
      'a hook that never ends',
      () => [
        'compare',
        '--bus',
        plugin('endless', '*dma_configure(dev, kernel) { for (;;) yield* kernel.driver.read(dev); }'),
      ],
      /bus 'mine', dma_configure never ends: it took 200 steps/,
    ],
    [
      'a hook that is not deterministic',
      () => [
        'compare',
        '--bus',
        plugin(
          'random',
          `*dma_configure(dev, kernel) { yield* kernel.driver.read(dev); return Math.random() < 0.5 ? 'EBUSY' : 'ENODEV'; }`,
        ),
      ],
      /bus 'mine', dma_configure is not deterministic/,
    ],
    [
      'a program created and never started',
      () => [
        'compare',
        '--bus',
        plugin(
          'lazy',
          '*dma_unconfigure(dev, kernel) { yield* kernel.driver.read(dev); kernel.ownership.unuse(dev); }',
        ),
      ],
      /bus 'mine', dma_unconfigure: made kernel\.ownership\.unuse\(\.\.\.\) and never started it; write yield\* before it/,
    ],
    [
      'a hook that returns no errno',
      () => [
        'compare',
        '--bus',
        plugin('number', '*dma_configure(dev, kernel) { yield* kernel.driver.read(dev); return 0; }'),
      ],
      /bus 'mine', dma_configure: returned 0, which is no errno/,
    ],
    [
      'a strategy that touches state outside its section',
      () => [
        'compare',
        '--bus',
        'pci',
        '--strategy',
        strategyPlugin(
          'leak',
          `use: (dev) => section(dev, 'leak', ['OK'], (group) => { if (kept) kept.ownerCount; kept = group; return 'OK'; })`,
        ),
      ],
      /was used after its section; use it inside the section only/,
    ],
    [
      'a strategy that reads what a group has not',
      () => [
        'compare',
        '--bus',
        'pci',
        '--strategy',
        strategyPlugin('misspelt', `use: (dev) => section(dev, 'use', ['OK'], (group) => (group?.count, 'OK'))`),
      ],
      /misspelt\.mjs: strategy 'mine': the group view of group 0 has no 'count'; it has name, ownerCount,/,
    ],
    [
      'a strategy that writes what an owner cannot be',
      () => [
        'compare',
        '--bus',
        'pci',
        '--strategy',
        strategyPlugin(
          'odd',
          `use: (dev) => section(dev, 'use', ['OK'], (group) => { group.owner = 'me'; return 'OK'; })`,
        ),
      ],
      /strategy 'mine': the group view of group 0 was given "me" for group 0\.owner; it can be none, kernel,/,
    ],
    [
      'a principle that throws',
      () => [
        'compare',
        '--bus',
        'pci',
        '--principle',
        file(
          'cross.mjs',
          `export const cross = { id: 'X1', name: 'cross', sentence: 'never', source: 'nowhere', outcome: 'mixed',
             states: () => { throw new Error('cross'); } };`,
        ),
      ],
      /cross\.mjs: principle 'X1', states: threw 'cross'$/,
    ],
    [
      'a plugin that ends the process',
      () => ['compare', '--bus', file('exit.mjs', 'process.exit(0);')],
      /exit\.mjs: ended the process while it was loaded/,
    ],
    [
      'a strategy that depends on more than the state',
      () => [
        'compare',
        '--bus',
        'pci',
        '--strategy',
        strategyPlugin(
          'moody',
          `use: (dev) => section(dev, 'moody', ['OK', 'EBUSY'], () => (calls++ % 2 ? 'OK' : 'EBUSY'))`,
        ),
      ],
      /mine', moody did two things in one situation; it, or .*, may depend on nothing but the state/,
    ],
    [
      'a strategy that decides what it did not declare',
      () => [
        'compare',
        '--bus',
        'pci',
        '--strategy',
        strategyPlugin('stray', `use: (dev) => section(dev, 'stray', ['OK'], () => 'EPERM')`),
      ],
      /strategy 'mine', section stray: decided EPERM, which is not among its outcomes OK; add it there/,
    ],
  ])('%s', async (_, args, message) => {
    const { code, out, err } = await busward(...args());
    expect(err.trim()).toMatch(message);
    expect(err.trim().split('\n').length).toBe(1);
    expect([code, out]).toEqual([2, '']);
  });
});
