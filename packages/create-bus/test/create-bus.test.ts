import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { check } from 'prettier';
import { identifier } from '../src/answers.ts';
import { packageFiles } from '../src/template/package-files.ts';

/* The command as a person runs it, and what it writes as a person tests it. Packed, it is tried by the page
   docs/add-a-bus.md, which CI runs from its first command to its last. */

const root = fileURLToPath(new URL('../../../', import.meta.url));
const tsx = new URL(import.meta.resolve('tsx')).href;
const source = ['--conditions=busward-source', `--import=${tsx}`];

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function runIn(cwd: string, ...args: string[]): Promise<Said> {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

const createIn = (cwd: string, ...args: string[]) =>
  runIn(cwd, ...source, join(root, 'packages/create-bus/src/index.ts'), ...args);

/** An empty folder; where a package looks for its dependencies, it finds the workspace's. */
function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'busward-create-'));
  mkdirSync(join(folder, 'node_modules/@busward'), { recursive: true });
  for (const name of ['core', 'conformance', 'platform'])
    symlinkSync(join(root, 'packages', name), join(folder, 'node_modules/@busward', name));
  return folder;
}

/** A clone of Busward in which a package can be written: everything else is the workspace's own. */
function clone(): string {
  const folder = mkdtempSync(join(tmpdir(), 'busward-clone-'));
  for (const name of ['package.json', 'pnpm-workspace.yaml', 'tsconfig.base.json', '.ci/scratch.mjs'])
    cpSync(join(root, name), join(folder, name));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'packages'));
  for (const name of readdirSync(join(root, 'packages')))
    symlinkSync(join(root, 'packages', name), join(folder, 'packages', name));
  return folder;
}

describe('in an empty folder', () => {
  const folder = emptyFolder();

  it.each([
    ['ring', []],
    ['lattice-mc', ['--firmware', 'parent', '--grouping', 'parent', '--vfio', 'none']],
    ['vmbus', ['--grouping', 'none', '--vfio', 'none']],
  ])('%s is written, and passes its tests at once', async (name, flags) => {
    const { code, out } = await createIn(folder, name, ...flags, '--yes');
    expect([code, out]).toEqual([0, expect.stringContaining(`npm test --prefix ${name}`)]);
    const tests = await runIn(join(folder, name), ...source, '--test');
    expect(tests.out).toMatch(/^. fail 0$/m);
    expect(Number(/^. pass (\d+)$/m.exec(tests.out)![1])).toBeGreaterThan(10);
  });

  it('has the files that a bus here has', () => {
    const filesOf = (of: string): readonly string[] =>
      readdirSync(of, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !/node_modules|dist/.test(entry.parentPath))
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(of.length)
            .replace(/ring|pci/, 'BUS')
            .replace(/\.[tj]s$/, ''),
        )
        .toSorted();
    expect(filesOf(join(folder, 'ring'))).toEqual(filesOf(join(root, 'packages/pci')));
  });

  it('never overwrites', async () => {
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine/notes'), 'mine');
    const { code, err } = await createIn(folder, 'mine', '--yes');
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/mine: is there already, and was left as it is; choose another name\n$/),
    ]);
    expect(readdirSync(join(folder, 'mine'))).toEqual(['notes']);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each<[string, readonly string[], string]>([
    ['no name', [], 'which bus?'],
    ['a name that is none', ['A b'], "'A b' is no name for a bus; write it as Linux does"],
    ['a name that is taken', ['pci'], "there is a bus 'pci' already; give yours another name"],
    ['a path', ['../ring'], "'../ring' is no name for a bus"],
    ['an unknown grouping', ['web', '--grouping', 'slots'], "--grouping is 'slots'; it can be streams, parent, none"],
    ['an unknown flag', ['web', '--colour', 'red'], "Unknown option '--colour'"],
    ['two names', ['web', 'mesh'], "'mesh' is too much"],
    ['an unknown flag', ['web', '--bogus'], "Unknown option '--bogus'; create-busward-bus NAME [--firmware"],
    ['a driver that is none', ['web', '--vfio', "a'b"], `--vfio is 'a'b'; write the name of a driver, or none`],
  ])('%s is one clear message', async (_, args, message) => {
    const { code, out, err } = await createIn(folder, ...args);
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(message)]);
    expect(err.trim().split('\n').length).toBe(1);
    expect(existsSync(join(folder, 'web'))).toBe(false);
  });
});

it('in a clone of Busward it is TypeScript beside the others, and passes its tests at once', async () => {
  const folder = clone();
  const { code, out } = await createIn(join(folder, 'packages'), 'ring', '--yes');
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/npx pnpm@10 test packages\/ring\n +npx pnpm@10 busward compare --bus \.\/packages\/ring/),
  ]);
  const written = join(folder, 'packages/ring');
  mkdirSync(join(written, 'node_modules/@busward'), { recursive: true });
  for (const name of ['core', 'conformance', 'platform'])
    symlinkSync(join(root, 'packages', name), join(written, 'node_modules/@busward', name));
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const tests = await runIn(folder, '--experimental-vm-modules', '--no-warnings', jest, '-w', '1', 'packages/ring');
  expect([tests.code, tests.err]).toEqual([0, expect.stringMatching(/Tests: +1[0-9] passed, 1[0-9] total/)]);
});

it('is formatted as the workspace is, whatever was answered', async () => {
  const style = JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8')) as object;
  for (const name of ['x', 'lattice-mc'])
    for (const firmware of ['own', 'parent'] as const)
      for (const grouping of ['streams', 'parent', 'none'] as const)
        for (const vfio of [`vfio-${name}`, undefined])
          for (const language of ['ts', 'js'] as const)
            for (const [filepath, text] of Object.entries(packageFiles({ name, firmware, grouping, vfio }, language)))
              expect([filepath, name, firmware, grouping, await check(text, { ...style, filepath })]).toEqual([
                filepath,
                name,
                firmware,
                grouping,
                true,
              ]);
});

it('makes identifiers of names', () =>
  expect(['fsl-mc', 'new', 'a1'].map(identifier)).toEqual(['fslMc', 'newBus', 'a1']));
