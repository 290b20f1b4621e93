import { describe, expect, it } from '@jest/globals';
import { busward, commonJsBus, file, foreignBus, plugin, strategyPlugin } from './command-line.ts';

/** Comparing under a strategy that is right but for `use`. */
const underStrategy = (name: string, use: string): string[] => [
  'compare',
  '--bus',
  'pci',
  '--strategy',
  strategyPlugin(name, use),
];

/** Compares under a principle that says what `states` is, and nothing else of its own. */
const byPrinciple = (name: string, states: string, before = ''): string[] => [
  'compare',
  '--bus',
  'pci',
  '--principle',
  file(
    `${name}.mjs`,
    `${before}
     export const ${name} = { id: 'X1', name: '${name}', sentence: 'never', source: 'nowhere', outcome: 'mixed', states: ${states} };`,
  ),
];

describe('bad input is one clear message and exit code 2', () => {
  it.each<[string, () => string[], RegExp]>([
    [
      'a file that is not there',
      () => ['compare', 'nowhere.txt'],
      /^busward: nowhere\.txt: cannot be read: there is no such file or folder; name another file$/m,
    ],
    [
      'a name that is empty',
      () => ['replay', ''],
      /^busward: '': cannot be read: there is no such file or folder; give recordings/,
    ],
    ...['predict', 'inspect', 'check', 'run'].map((command): [string, () => string[], RegExp] => [
      `a name that is empty, ${command}`,
      () => [command, ''],
      /^busward: '': cannot be read: there is no such file or folder; \w/,
    ]),
    [
      'a file that is no boot log',
      () => ['compare', 'LICENSE'],
      /^busward: LICENSE \(\d+ lines\): nothing tells of a device; expected a kernel boot log/,
    ],
    [
      'an empty file',
      () => ['compare', file('empty.txt', '')],
      /^busward: .*empty\.txt: the file is empty; expected a kernel boot log/,
    ],
    [
      'a folder',
      () => ['compare', 'packages'],
      /^busward: packages: a folder without kernel\/iommu_groups or bus in it, so no sysfs tree; expected/,
    ],
    [
      'an unknown bus',
      () => ['compare', '--bus', 'pcii'],
      /^busward: no bus 'pcii'; did you mean 'pci'\? there are amba, platform,/,
    ],
    [
      'two workers for an engine that has one',
      () => ['compare', '--workers', '2'],
      /^busward: --workers 2: the planner engine has one worker; give --engine explicit as well$/m,
    ],
    [
      'an unknown strategy',
      () => ['compare', '--strategy', 'sibling'],
      /^busward: no strategy 'sibling'; did you mean 'sibling-scan'\? there are legacy,/,
    ],
    [
      'a profile where a strategy is asked for',
      () => ['compare', '--strategy', '6.18'],
      /^busward: 'linux@6\.18' is a profile, whose strategy is '6\.15': give that; check, run, replay, diff, matrix, convert and export take profiles/,
    ],
    [
      'a Linux version that is a profile',
      () => ['diff', 'pci', 'platform', '--kernel', '6.18'],
      /no profile or strategy '6\.18'; did you mean 'linux@6\.18'\?/,
    ],
    [
      'a file whose text was meant',
      () => ['explain', 'LICENSE'],
      /^busward: LICENSE: a file; give what it says, as in busward explain - < LICENSE$/m,
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
    ['no name', () => ['compare', '--bus', ''], /^busward: --bus: a name is empty; give buses,/],
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
      /^busward: no flag --strategie; did you mean --strategy\? busward compare --help/,
    ],
    [
      'an unknown command',
      () => ['comparee'],
      /^busward: no command registered for `comparee`, did you mean `compare`\?/,
    ],
    [
      'a number that is none',
      () => ['compare', '--in-flight', 'two'],
      /^busward: --in-flight two: expected a number from 1 to 16/,
    ],
    ['more users than are looked at', () => ['compare', '--users', '5'], /expected a number from 1 to 4, or what each/],
    ['a user who goes through nothing', () => ['compare', '--users', 'kvm'], /container or iommufd, as in iommufd,/],
    [
      'a module without a plugin',
      () => ['compare', '--bus', file('nothing.mjs', 'export const x = 1;')],
      /nothing\.mjs: exports no bus, strategy or principle/,
    ],
    [
      'a module with a mistake',
      () => ['compare', '--bus', file('typo.mjs', 'export const = 1;')],
      /typo\.mjs: cannot be loaded as a plugin: .* \(\/.*typo\.mjs:1:14\)$/,
    ],
    [
      'a mistake in what a module imports',
      () => {
        file('broken.mjs', 'export const a = 1;\nexport const b = ;\n');
        return ['compare', '--bus', file('importing.mjs', `export * from './broken.mjs';`)];
      },
      /importing\.mjs: cannot be loaded as a plugin: .* \(\/.*broken\.mjs:2:18\)$/,
    ],
    [
      'a promise of a module that is rejected, and that nobody waits for',
      () => ['compare', '--bus', file('rejected.mjs', `Promise.reject(new Error('late'));\nexport const a = 1;`)],
      /^busward: \/.*rejected\.mjs: cannot be loaded as a plugin: late \(\/.*rejected\.mjs:1:16\); nobody catches it$/,
    ],
    [
      'a timer of a module that throws',
      () => [
        'compare',
        '--bus',
        file('timer.mjs', `setTimeout(() => {\n  throw new Error('later');\n}, 50);\nexport const a = 1;`),
      ],
      /^busward: \/.*timer\.mjs: cannot be loaded as a plugin: later \(\/.*timer\.mjs:2:9\); nobody catches it$/,
    ],
    [
      'a plugin that takes what core does not have',
      () => [
        'compare',
        '--bus',
        file('newer.mjs', `import { defineFabric } from '@busward/core'; export { defineFabric };`),
      ],
      /newer\.mjs: imports defineFabric from @busward\/core, which has none; was it written for a newer contract\? this is contract 1$/,
    ],
    [
      'a plugin that imports a type as if it were a value',
      () => [
        'compare',
        '--bus',
        file('typed.ts', `import { Claim } from '@busward/core'; export const mine = {} as Claim;`),
      ],
      /typed\.ts: imports Claim from @busward\/core, which has none; if it is a type, write import type; if not, was it /,
    ],
    [
      'a module that is taken for CommonJS',
      () => ['compare', '--bus', file('common.cjs', `import { defineBus } from '@busward/core';`)],
      /common\.cjs: cannot be loaded .*; it is taken for CommonJS: call it \.mjs, or write "type": "module" in its package\.json$/,
    ],
    [
      'a hook that loops without a step',
      () => ['compare', '--bus', plugin('spinning', '*dma_configure() { for (;;); }')],
      /spinning\.mjs: bus 'mine', dma_configure never ends: it was stopped after 5 s; a loop in it has to end$/,
    ],
    [
      'a hook that loops without a step for a device that no probe had, once the check has refused',
      () => [
        'compare',
        '--bus',
        plugin(
          'late',
          `*dma_configure(dev, kernel) {
             const driver = yield* kernel.driver.read(dev);
             if (driver === undefined || driver.managesDma) return kernel.ownership.notNeeded(driver);
             const verdict = yield* kernel.ownership.use(dev);
             while (verdict !== OK && dev.name === '0000:01:00.0');
             return verdict;
           }`,
        ),
      ],
      /late\.mjs: bus 'mine', dma_configure for 0000:01:00\.0 never ends: it was stopped after 5 s; a loop in it has to end$/,
    ],
    [
      'a hook that looks at the driver of a device that no probe had',
      () => [
        'compare',
        '--bus',
        plugin(
          'looks',
          `*dma_configure(dev, kernel) {
             if (dev.name === '0000:01:00.0' && dev.driver) return 'EBUSY';
             return yield* right.dma_configure(dev, kernel);
           }`,
        ),
      ],
      /looks\.mjs: bus 'mine', dma_configure for 0000:01:00\.0: device '0000:01:00\.0' does not say its driver, .* in a hook$/,
    ],
    [
      'a section that looks at the driver of a device',
      () => underStrategy('looking', `use: (dev) => section(dev, 'looking', ['OK'], () => dev.driver && 'OK')`),
      /looking\.mjs: strategy 'mine', looking: device '\S+' does not say its driver, which changes; /,
    ],
    [
      'a plugin that changes what all share',
      () => [
        'compare',
        '--bus',
        file('shared.mjs', `import { principles } from '@busward/core';\nprinciples.length = 0;`),
      ],
      /shared\.mjs: cannot be loaded as a plugin: Cannot assign to read only property 'length' .*shared\.mjs:2/,
    ],
    [
      'a bus that another copy of core has defined',
      () => ['compare', '--bus', foreignBus()],
      /bus 'mine', defineBus: is that of another copy of @busward\/core; import it by that name, and do not bundle it$/,
    ],
    [
      'a bus that a CommonJS module has defined',
      () => ['compare', '--bus', commonJsBus('required.cjs')],
      /required\.cjs: bus 'mine', defineBus: is that of another copy of @busward\/core; plugins are ES modules: write import and export instead of require and exports, and call it \.mjs$/,
    ],
    [
      'a module that requires core where none is installed',
      () => ['compare', '--bus', file('requires.cjs', `require('@busward/nothing');`)],
      /requires\.cjs: cannot be loaded as a plugin: Cannot find module '@busward\/nothing'; plugins are ES modules: write import /,
    ],
    [
      'an ES module that requires core',
      () => ['compare', '--bus', file('requires.mjs', `require('@busward/core');`)],
      /requires\.mjs: cannot be loaded as a plugin: require is not defined in ES module scope \(\/.*:1:1\); plugins are ES modules: write import /,
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
      () =>
        underStrategy(
          'leak',
          `use: (dev) => section(dev, 'leak', ['OK'], (group) => { if (kept) kept.ownerCount; kept = group; return 'OK'; })`,
        ),
      /was used after its section; use it inside the section only/,
    ],
    [
      'a strategy that reads what a group has not',
      () => underStrategy('misspelt', `use: (dev) => section(dev, 'use', ['OK'], (group) => (group?.count, 'OK'))`),
      /misspelt\.mjs: strategy 'mine': the group view of group 0 has no 'count'; it has name, ownerCount,/,
    ],
    [
      'a strategy that writes what an owner cannot be',
      () =>
        underStrategy(
          'odd',
          `use: (dev) => section(dev, 'use', ['OK'], (group) => { group.owner = 'me'; return 'OK'; })`,
        ),
      /strategy 'mine': the group view of group 0 was given "me" for group 0\.owner; it can be none, kernel,/,
    ],
    [
      'a strategy that moves a group to no domain of it',
      () =>
        underStrategy(
          'unmoved',
          `use: (dev) => section(dev, 'use', ['OK'], (group) => group.setDomainNofail('blocked'))`,
        ),
      /mine': the group view of group 0: setDomainNofail was given "blocked"; it can be none, default, blocking, user u0$/,
    ],
    [
      'a principle that throws',
      () => byPrinciple('cross', `() => { throw new Error('cross'); }`),
      /cross\.mjs: principle 'X1', states: threw 'cross'$/,
    ],
    [
      'a principle that depends on more than it is shown',
      () => byPrinciple('fickle', '({ members }) => (calls++ % 2 ? members : [])', 'let calls = 0;'),
      /principle 'X1', states of group 0: gave two answers in one state; it may depend on nothing but what it is shown$/,
    ],
    [
      'a plugin that ends the process',
      () => ['compare', '--bus', file('exit.mjs', 'process.exit(0);')],
      /exit\.mjs: ended the process while it was loaded/,
    ],
    [
      'a plugin that ends the process later',
      () => ['compare', '--bus', file('later-exit.mjs', 'setTimeout(() => process.exit(0), 50);')],
      /later-exit\.mjs: ended the process after it was loaded; a plugin only exports$/,
    ],
    [
      'a plugin that waits for what never comes',
      () => ['compare', '--bus', file('waits.mjs', 'await new Promise(() => {});')],
      /waits\.mjs: waits for what never comes, in an await outside of functions; a plugin only exports$/,
    ],
    [
      'a plugin that keeps a timer',
      () => ['compare', '--bus', file('keeps.mjs', 'setInterval(() => {}, 1000);')],
      /keeps\.mjs: is loaded, and still runs 10 s later \(a timer, a server\?\); a plugin only exports$/,
    ],
    [
      'a strategy that depends on more than the state',
      () =>
        underStrategy(
          'moody',
          `use: (dev) => section(dev, 'moody', ['OK', 'EBUSY'], () => (calls++ % 2 ? 'OK' : 'EBUSY'))`,
        ),
      /mine', moody did two things in one situation; it may depend on nothing but the state/,
    ],
    [
      'a refinement that depends on more than the state',
      () => [
        'compare',
        '--strategy',
        '6.1',
        '--bus',
        plugin(
          'moodily',
          `refine: { says: 'a mood', of: (device) => [device], judge: () => (Math.random() < 0.5 ? OK : 'EBUSY') }`,
        ),
      ],
      /strategy '6\.1', \S+ did two things in one situation; it, or the refinement of bus 'mine', may depend on nothing /,
    ],
    [
      'a strategy that decides what it did not declare',
      () => underStrategy('stray', `use: (dev) => section(dev, 'stray', ['OK'], () => 'EPERM')`),
      /strategy 'mine', section stray: decided EPERM, which is not among its outcomes OK; add it there/,
    ],
  ])('%s', async (_, args, message) => {
    const { code, out, err } = await busward(...args());
    expect(err.trim()).toMatch(message);
    expect(err.trim().split('\n').length).toBe(1);
    expect([code, out]).toEqual([2, '']);
  });
});

it.each([
  ['check', '[<file>...]'],
  ['compare', '[<machine>...]'],
  ['plan', '<machine>... <device>...'],
])('help of %s tells which arguments there are, and whether they are needed', async (command, told) => {
  const { out } = await busward(command, '--help');
  const [, usage = ''] = /^USAGE\n(.*?)\n {2}busward/s.exec(out) ?? [];
  expect(usage.replaceAll(/\s+/g, ' ').endsWith(` ${told}`)).toBe(true);
});

it('help is what --help says', async () => {
  const [asked, flagged] = [await busward('help', 'diff'), await busward('diff', '--help')];
  expect(asked).toEqual(flagged);
  expect(asked.out).toContain('busward diff');
});
