import { readFileSync } from 'node:fs';
import { principles } from '@busward/core';
import type { Matrix } from '@busward/explorer';
import { plainPage, renderMatrix, type MatrixRendering } from '@busward/report';
import { matrixJsonSchema, matrixSchema } from '@busward/report/schemas';
import { expect, it } from '@jest/globals';
import { diffs } from './diffs.ts';

/* What programs read of a matrix is read back, and has to say what the matrix says. */

const matrix: Matrix = {
  principles: principles.slice(0, 3),
  rows: [
    {
      kernel: 'v8',
      breaks: new Map([
        ['pci', ['P1']],
        ['cdx', ['P1', 'P3']],
      ]),
      classes: [{ buses: ['pci'] }, { buses: ['cdx'], apart: diffs.different.finding }],
      complete: true,
    },
    { kernel: '<7.3>', breaks: new Map([['pci', ['P2']]]), classes: [{ buses: ['pci'] }], complete: false },
  ],
  changes: [
    { from: 'v8', to: '<7.3>', bus: 'pci', finding: { kind: 'same' } },
    { from: 'v8', to: '<7.3>', bus: 'cdx', finding: diffs.undecided.finding },
  ],
  bound: ['2 operations in flight'],
  states: 12_345,
};
const told = (as: MatrixRendering): string => renderMatrix(matrix, as, plainPage, '0.1.0');
const broken = ['v8/pci P1', 'v8/cdx P1', 'v8/cdx P3', '<7.3>/pci P2'];

it('text: what was not looked at is neither broken nor kept', () => {
  expect(told('text')).toMatch(/^<7\.3> +pci +\? +x +\?$/m);
  const nothing = { ...matrix, rows: matrix.rows.map((row) => ({ ...row, breaks: new Map([['pci', []]]) })) };
  expect(renderMatrix(nothing, 'text', plainPage, '0.1.0').replaceAll(/\s+/g, ' ')).toContain(
    'P1 P2 P3 were not found to be broken, which is undecided under <7.3> under buses',
  );
});

it('junit: a failure where a principle is broken, and nowhere else; what was not looked at is skipped', () => {
  const text = told('junit').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  const cases = [...text.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"(?:\/>|><(failure|skipped) )/g)].map(
    ([, suite, name, tag = 'holds']) => ({ suite: suite!, name: name!, tag }),
  );
  const judged = cases.filter(({ name }) => /: P\d+$/.test(name));
  const tagged = (wanted: string) =>
    judged.filter(({ tag }) => tag === wanted).map(({ suite, name }) => `${suite}/${name.replace(':', '')}`);
  expect(tagged('failure')).toEqual(broken);
  expect(tagged('skipped')).toEqual(['<7.3>/pci P1', '<7.3>/pci P3']);
  expect(tagged('holds')).toEqual(['v8/pci P2', 'v8/pci P3', 'v8/cdx P2']);
  const compared = cases.filter((one) => !judged.includes(one));
  expect(compared.map(({ suite, tag }) => `${suite} ${tag}`)).toEqual([
    'v8: pci and cdx failure',
    'pci: v8 and <7.3> holds',
    'cdx: v8 and <7.3> skipped',
  ]);
  expect(text).toContain('tests="12" failures="5" errors="0" skipped="3"');
});

it('sarif: a result for each principle that is broken and for each difference; undecided is no success', () => {
  const [run] = JSON.parse(told('sarif')).runs;
  const results = run.results as readonly {
    readonly ruleId: string;
    readonly message: { readonly text: string };
    readonly locations: readonly [{ readonly logicalLocations: readonly [{ readonly fullyQualifiedName: string }] }];
  }[];
  const places = results.map(
    ({ ruleId, locations }) => `${locations[0].logicalLocations[0].fullyQualifiedName} ${ruleId}`,
  );
  expect(places.slice(0, 4)).toEqual(broken);
  expect(results.slice(4).map(({ ruleId }) => ruleId)).toEqual(['P1', 'undecided']);
  expect(results[4]!.message.text).toMatch(/^v8: After 3 operations /);
  expect(run.tool.driver.rules.map(({ id }: { readonly id: string }) => id)).toEqual(['P1', 'P3', 'P2', 'undecided']);
  expect(run.invocations).toEqual([{ executionSuccessful: false }]);
});

it('json: is what its schema says, which is the one that ships and refuses what is no matrix', () => {
  const json = JSON.parse(told('json'));
  expect(matrixSchema.parse(json)).toEqual(json);
  expect(matrixSchema.safeParse({ ...json, changes: [{ from: 'v8', to: '7.3', bus: 'pci' }] }).success).toBe(false);
  const shipped = new URL('../matrix.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(shipped, 'utf8'))).toEqual(matrixJsonSchema());
});

it('json: holds what the matrix holds', () => {
  const { kernels, changes } = matrixSchema.parse(JSON.parse(told('json')));
  expect(kernels.flatMap(({ kernel, breaks }) => Object.entries(breaks).map((one) => [kernel, ...one]))).toEqual(
    matrix.rows.flatMap(({ kernel, breaks }) => [...breaks].map((one) => [kernel, ...one])),
  );
  expect(changes.map(({ bus, finding }) => `${bus} ${finding}`)).toEqual(['pci same', 'cdx undecided']);
});

it('html: the legend is no title', () => {
  expect(told('html')).toContain('<title>Buses, kernels and principles</title>');
  expect(told('html')).toContain('<h1>Buses, kernels and principles</h1>\n<p>x: a device of the bus takes part');
});

it.each(['text', 'mail', 'markdown', 'html'] as const)('%s: says of each kernel and bus what is broken', (as) => {
  const page = told(as).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('\\', '');
  for (const { kernel, breaks } of matrix.rows) {
    expect(page).toContain(kernel);
    for (const [bus, ids] of breaks) for (const word of [bus, ...ids]) expect(page).toContain(word);
  }
  expect(page).toMatch(/undecided/);
  expect(page.replaceAll(/\s+/g, ' ')).toContain(
    "under pci 'u0: attach group 0 -> OK' can happen; under cdx it cannot, but 'u0: attach group 0 -> EBUSY' or 'crash' can",
  );
});
