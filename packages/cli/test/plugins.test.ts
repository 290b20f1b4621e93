import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { profiles } from '@busward/core';
import { describe, expect, it } from '@jest/globals';
import { busward, buswardIn, file, plugin } from './command-line.ts';

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

it('compares under the strategy of each profile, which is called what it is', async () => {
  const names = profiles.map(({ strategy }) => strategy.name);
  expect(names).toEqual(['legacy', '6.1', '6.12', '6.15', '7.3']);
  const { code, out } = await busward('compare', '--strategy', names.join(), '--bus', 'platform');
  expect(code).toBe(0);
  for (const name of names) expect(out).toMatch(new RegExp(`^${name.replace('.', '\\.')} `, 'm'));
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

it('a project that depends on a broken plugin package is told so, and has the others listed', async () => {
  const project = mkdtempSync(join(tmpdir(), 'busward-project-'));
  const dependencies = { 'busward-broken': '1.0.0', 'busward-right': '1.0.0' };
  writeFileSync(join(project, 'package.json'), JSON.stringify({ dependencies }));
  for (const [name, text] of [
    ['busward-broken', 'export const = 1;'],
    ['busward-right', readFileSync(plugin('right', ''), 'utf8')],
  ] as const) {
    const installed = join(project, 'node_modules', name);
    mkdirSync(installed, { recursive: true });
    writeFileSync(
      join(installed, 'package.json'),
      JSON.stringify({ name, keywords: ['busward-plugin'], exports: './plugin.mjs' }),
    );
    writeFileSync(join(installed, 'plugin.mjs'), text);
  }
  const [buses, compared] = await Promise.all([
    buswardIn(project, 'buses'),
    buswardIn(project, 'compare', '--strategy', '6.1', '--bus', 'pci'),
  ]);
  const message =
    /^busward: \S+plugin\.mjs: cannot be loaded as a plugin: .*plugin\.mjs:1:14\); it is loaded since \S+package\.json depends on busward-broken: mend it, take it out there, or run busward in another folder\n$/;
  expect(buses.err).toMatch(message);
  expect(compared.err).toMatch(message);
  expect(buses.out).toMatch(/^pci$/m);
  expect(buses.out).toMatch(/^mine\n {4}a bus$/m);
  expect([buses.code, compared.code, compared.out]).toEqual([2, 2, '']);
});

it('takes a version after the path of a bus', async () => {
  const { out } = await busward('compare', '--bus', './examples/4-cdx@6.12', '--strategy', '6.12');
  expect(out).toMatch(/^6\.12 +mixed 11/m);
  const { code, err } = await busward('compare', '--bus', './examples/4-cdx@6.2');
  expect([code, err]).toEqual([
    2,
    "busward: bus 'cdx' has no revision for Linux 6.2; its history begins with 6.4 (2959ab247061)\n",
  ]);
});

it('a strategy of a path, or a variant of one, where kernels are named', async () => {
  const path = file(
    'kernel.mjs',
    `import { defineStrategy, linux61 } from '@busward/core';
     export const own = defineStrategy({ ...linux61, name: 'my own' });`,
  );
  const scenario = 'packages/scenario/scenarios/litmus/L01.yaml';
  const [known, mine, variant, matrix, none] = await Promise.all([
    busward('check', '--profile', '6.1', scenario),
    busward('check', '--profile', path, scenario),
    busward('check', '--profile', `${path} but vfio.lastDevice=leaves`, scenario),
    busward('matrix', path, '--bus', 'pci'),
    busward('check', '--profile', plugin('no-strategy', ''), scenario),
  ]);
  const [, searched = ''] = /^6\.1 +(.*)$/m.exec(known.out) ?? [];
  expect(mine.out).toContain(`my own  ${searched}`);
  expect(variant.out).toMatch(/my own but/);
  expect(matrix.out).toMatch(/^my own/m);
  expect(none.err).toMatch(/no-strategy\.mjs: exports no strategy; it was given as one$/m);
  expect(none.code).toBe(2);
});
