import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { buswardIn } from './command-line.ts';

jest.setTimeout(120_000);

const source = `import { defineBus } from '@busward/core';
  const hooks = {
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
  export const mine = defineBus({
    name: 'mine', source: 'nowhere', says: 'a bus', managedDrivers: [],
    history: [{ ...hooks, commit: '123456789abc', title: 'mine: add', since: ['7.3'], says: 'as it came' }],
    firmware: ({ name }) => ({ node: name }), isolation: ({ facts }) => facts.streams ?? ['one'],
    example: () => ({ streams: ['one'] }), recognise: () => undefined, ...hooks,
  });`;

it('a bus that the project depends on, and that no old kernel had, is tried in the place of PCI', async () => {
  const project = mkdtempSync(join(tmpdir(), 'busward-try-'));
  const folder = join(project, 'node_modules/mine');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "dependencies": { "mine": "*" } }');
  writeFileSync(
    join(folder, 'package.json'),
    '{ "name": "mine", "type": "module", "main": "index.js", "keywords": ["busward-plugin"] }',
  );
  writeFileSync(join(folder, 'index.js'), source);
  const { code, out, err } = await buswardIn(project, 'try', 'mine', '--once');
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toMatch(/mine: \d+ of [1-9]\d+ scenarios as expected/);
});
