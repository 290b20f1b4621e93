/*
 * The heavy proofs of the readers of firmware:
 *
 *   pnpm --filter @busward/topology verify-firmware [--blobs FOLDER] [--tables FOLDER] [--broken N]
 *
 * blobs: every device tree that Debian ships (scripts/fetch-blobs.mjs) is read and predicted; a part of them is counted by
 * dtc, too. tables: ACPI tables in a folder, real ones if you have some, counted by iasl, too. broken: so many broken trees
 * and tables (100,000) are refused with a place, or read in part.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { amba } from '@busward/amba';
import type { Bus } from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { groupsOf, predict, readFirmware, type Prediction } from '@busward/topology';
import { broken } from '../test/firmware/broken.ts';
import { makeBlob, type MadeNode } from '../test/firmware/make-blob.ts';
import { sampleTables } from '../test/firmware/sample-tables.ts';
import { tryBroken, type Came } from '../test/firmware/try-broken.ts';
import { randomFrom } from '../test/random.ts';

const buses: readonly Bus[] = [amba, platform, fslMc, pci, host1x];
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'busward', 'blobs');
const values = asked();
let failures = 0;

readBlobs(values.blobs);
if (values.tables !== undefined) readTables(values.tables);
memory();
breakAll(Number(values.broken));
console.log(`\n${failures === 0 ? 'verified' : `${failures} failures`}`);
process.exitCode = failures === 0 ? 0 : 1;

/** What the command line asks for; what it has otherwise is one message. */
function asked() {
  try {
    return parseArgs({
      options: {
        blobs: { type: 'string', default: cache },
        tables: { type: 'string' },
        broken: { type: 'string', default: '100000' },
      },
    }).values;
  } catch (error) {
    console.error(
      `verify-firmware: ${(error as Error).message}; expected [--blobs FOLDER] [--tables FOLDER] [--broken N]`,
    );
    process.exit(2);
  }
}

function fail(message: string): void {
  failures++;
  console.log(`  FAIL ${message}`);
}

function filesIn(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && pattern.test(one.name))
    .map((one) => join(one.parentPath, one.name))
    .toSorted();
}

/**
 * What another program counted in the same packages (docs/firmware.md): boards with a fsl-mc, with a primecell behind an
 * IOMMU, with a PCIe controller that shares a stream with the functions behind it.
 */
function counted(folder: string): Readonly<Record<string, number>> | undefined {
  if (folder.includes('linux-image-6.1.0-50-arm64')) return { 'fsl-mc': 16, amba: 70, 'across buses': 17 };
  if (/linux-image-6\.12\.1[01]7\+deb13-arm64/.test(folder)) return { 'fsl-mc': 24, amba: 82, 'across buses': 0 };
  if (folder.includes('linux-base-7.2.13+deb14-arm64')) return { 'fsl-mc': 25, amba: 122, 'across buses': 2 };
  return undefined;
}

function readBlobs(folder: string): void {
  if (!existsSync(folder)) {
    fail(
      `${folder}: no such folder; run 'node packages/topology/scripts/fetch-blobs.mjs' first, or give --blobs FOLDER`,
    );
    return;
  }
  let files = 0;
  let bytes = 0;
  let overlays = 0;
  const started = performance.now();
  for (const kind of readdirSync(folder)) {
    const here = { 'fsl-mc': 0, amba: 0, 'across buses': 0 };
    for (const file of filesIn(join(folder, kind), /\.dtbo?$/)) {
      const content = readFileSync(file);
      files++;
      bytes += content.length;
      try {
        const prediction = predict(readFirmware(file, content), buses);
        if (prediction.damage.length > 0) fail(`${file}: ${JSON.stringify(prediction.damage)}`);
        overlays += prediction.cannotKnow.some(({ says }) => says.includes('overlay')) ? 1 : 0;
        here['fsl-mc'] += prediction.behind.some(({ bus }) => bus === 'fsl-mc') ? 1 : 0;
        here.amba += prediction.devices.some(({ device }) => device.bus === 'amba') ? 1 : 0;
        here['across buses'] += acrossBuses(prediction) ? 1 : 0;
      } catch (error) {
        fail(`${file}: ${String((error as Error).stack)}`);
      }
    }
    const expected = counted(kind);
    const agrees =
      expected === undefined ? '' : JSON.stringify(expected) === JSON.stringify(here) ? ', as counted before' : '';
    if (expected !== undefined && agrees === '') fail(`${kind}: expected ${JSON.stringify(expected)}`);
    console.log(`  ${kind}: ${JSON.stringify(here)}${agrees}`);
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${files} blobs (${overlays} overlays, ${Math.round(bytes / 1e6)} MB) read and predicted in ${seconds.toFixed(1)} s, in one process`,
  );
  if (seconds > 60) fail('longer than 60 s');
  byDtc(folder);
}

function acrossBuses({ behind }: Prediction): boolean {
  return behind.some((one) => one.bus === 'pci' && one.with.includes(one.controller));
}

/** A node has a line that ends in `{`, and a property a line of its own. */
function byDtc(folder: string): void {
  if (spawnSync('dtc', ['--version']).error) return console.log('  dtc is not installed: not counted by it');
  const some = filesIn(folder, /\.dtbo?$/).filter((_, at) => at % 40 === 0);
  for (const file of some) {
    const { stdout } = spawnSync('dtc', ['-q', '-I', 'dtb', '-O', 'dts', file], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const firmware = readFirmware(file, readFileSync(file));
    if (firmware.kind !== 'device tree') continue;
    const nodes = stdout.match(/\{$/gm)?.length ?? 0;
    if (nodes !== firmware.tree.starts.length)
      fail(`${file}: dtc has ${nodes} nodes, we ${firmware.tree.starts.length}`);
  }
  console.log(`  of ${some.length}, dtc counts as many nodes`);
}

function readTables(folder: string): void {
  const totals: Record<string, number> = {};
  const add = (what: string, count: number): void => void (totals[what] = (totals[what] ?? 0) + count);
  const work = mkdtempSync(join(tmpdir(), 'busward-iasl-'));
  const hasIasl = !spawnSync('iasl', ['-v']).error;
  for (const file of filesIn(folder, /./)) {
    try {
      const firmware = readFirmware(file, readFileSync(file));
      if (firmware.kind !== 'ACPI table') continue;
      const { signature } = firmware.table;
      const prediction = predict(firmware, buses);
      add(`${signature} tables`, 1);
      add(`${signature} with damage`, prediction.damage.length > 0 ? 1 : 0);
      add(`${signature} IOMMUs`, firmware.facts.iommus.length);
      add(`${signature} namespace devices`, firmware.facts.devices.length);
      add(`${signature} 1:1 regions`, firmware.facts.regions.length);
      add(`${signature} with a shared group`, [...groupsOf(prediction).values()].some((one) => one.length > 1) ? 1 : 0);
      if (hasIasl && prediction.damage.length === 0) byIasl(file, work, signature, firmware.facts, add);
    } catch (error) {
      console.log(`  ${file}: ${(error as Error).message}`);
      add('refused', 1);
    }
  }
  rmSync(work, { recursive: true });
  console.log(`tables: ${JSON.stringify(totals, null, 1)}`);
}

function byIasl(
  file: string,
  work: string,
  signature: string,
  { iommus, regions }: { readonly iommus: readonly unknown[]; readonly regions: readonly unknown[] },
  add: (what: string, count: number) => void,
): void {
  spawnSync('iasl', ['-p', join(work, 'table'), '-d', file]);
  const text = existsSync(join(work, 'table.dsl')) ? readFileSync(join(work, 'table.dsl'), 'latin1') : '';
  rmSync(join(work, 'table.dsl'), { force: true });
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  if (signature === 'DMAR') {
    add('DMAR counted by iasl', 1);
    const [units, rmrrs] = [count(/Subtable Type : 0000/g), count(/Subtable Type : 0001/g)];
    if (units !== iommus.length || rmrrs !== regions.length)
      fail(`${file}: iasl has ${units} DRHD and ${rmrrs} RMRR, we ${iommus.length} and ${regions.length}`);
  }
  if (signature === 'IORT') {
    add('IORT counted by iasl', 1);
    const smmus = count(/^\[.*\] +Type : 0[34]/gm);
    if (smmus !== iommus.length) fail(`${file}: iasl has ${smmus} SMMUs, we ${iommus.length}`);
  }
}

/**
 * What is made to fill the memory, many times as long as Linux's limit for a device tree (2 MB): a heap of four times its
 * size, and what the program needs by itself, has to be enough.
 */
function memory(): void {
  const work = mkdtempSync(join(tmpdir(), 'busward-memory-'));
  const count = 400_000;
  const iommu = { name: 'i', props: { phandle: [1], compatible: 'arm,smmu-v2', '#iommu-cells': [0] } };
  const nodes = (make: (at: number) => MadeNode): MadeNode => ({
    nodes: [iommu, ...Array.from({ length: count }, (_, at) => make(at))],
  });
  const map = Array.from({ length: count }, (_, at) => [at * 2, 1, at, 1]).flat();
  const cases: readonly (readonly [string, () => MadeNode])[] = [
    ['nodes without anything', () => nodes(() => ({ name: 'n' }))],
    ['devices behind an IOMMU', () => nodes(() => ({ name: 'm', props: { iommus: [1] } }))],
    ['nodes with a phandle', () => nodes((at) => ({ name: 'p', props: { phandle: [at + 2] } }))],
    ['a map of single ids', () => ({ nodes: [iommu, { name: 'p', props: { device_type: 'pci', 'iommu-map': map } }] })],
  ];
  for (const [name, make] of cases) {
    const bytes = makeBlob(make());
    const size = bytes.length / 2 ** 20;
    const heap = Math.ceil(48 + 4 * size);
    const file = join(work, 'made.dtb');
    writeFileSync(file, bytes);
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [
        `--max-old-space-size=${heap}`,
        '--conditions=busward-source',
        '--import',
        import.meta.resolve('tsx'),
        fileURLToPath(new URL('read-one-firmware.ts', import.meta.url)),
        file,
      ],
      { encoding: 'utf8' },
    );
    if (status !== 0) fail(`${name}: ${stderr.slice(-500)}`);
    console.log(`memory: ${name}, ${size.toFixed(1)} MB in a heap of ${heap} MB: ${stdout.trim()}`);
  }
  rmSync(work, { recursive: true });
}

function breakAll(count: number): void {
  const folder = new URL('../test/firmware/blobs/', import.meta.url);
  const trees = ['fsl-lx2160a-clearfog-cx', 'r8a774e1-hihope-rzg2h-ex', 'tegra186-p2771-0000'].map(
    (name) => [name, gunzipSync(readFileSync(new URL(`${name}.dtb.gz`, folder)))] as const,
  );
  const overlay = readFileSync(new URL('r8a779g3-sparrow-hawk-fan-pwm.dtbo', folder));
  const all = [...trees, ['an overlay', overlay] as const, ...sampleTables];
  const started = performance.now();
  let slowest = 0;
  for (const [name, bytes] of all) {
    const came: Record<Came, number> = { 'read whole': 0, 'read in part': 0, refused: 0 };
    for (let seed = 0; seed < Math.ceil(count / all.length); seed++) {
      const mutant = broken(bytes, randomFrom(seed));
      const begun = performance.now();
      try {
        came[tryBroken(mutant, buses)]++;
      } catch (error) {
        fail(`${name}, seed ${seed}: ${String((error as Error).stack)}`);
      }
      slowest = Math.max(slowest, performance.now() - begun);
    }
    console.log(`broken: ${name}: ${JSON.stringify(came)}`);
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(`${count} broken in ${seconds.toFixed(0)} s; the slowest took ${slowest.toFixed(0)} ms`);
  if (slowest > 5000) fail('one took longer than 5 s');
}
