import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { amba } from '@busward/amba';
import type { Bus } from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { predict, readFirmware } from '@busward/topology';
import { describe, expect, it } from '@jest/globals';
import { randomFrom } from '../random.ts';
import { broken } from './broken.ts';
import { makeBlob, type MadeNode } from './make-blob.ts';
import { sampleTables } from './sample-tables.ts';
import { tryBroken } from './try-broken.ts';

/* A few hundred of each; `pnpm --filter @busward/topology verify-firmware` breaks a hundred thousand. */

const buses: readonly Bus[] = [amba, platform, fslMc, pci, host1x];
const blob = (name: string): Uint8Array => gunzipSync(readFileSync(new URL(`blobs/${name}`, import.meta.url)));

describe('broken firmware', () => {
  it.each([
    ['the P2771', blob('tegra186-p2771-0000.dtb.gz'), 100],
    ['the LX2160A', blob('fsl-lx2160a-clearfog-cx.dtb.gz'), 200],
    ...sampleTables.map(([name, bytes]) => [name, bytes, 500] as const),
  ])('of %s is refused with a place, or read in part', (name, bytes, count) => {
    const came = { 'read whole': 0, 'read in part': 0, refused: 0 };
    for (let seed = 0; seed < count; seed++)
      try {
        came[tryBroken(broken(bytes, randomFrom(seed)), buses)]++;
      } catch (error) {
        throw new Error(`${name}, seed ${seed}`, { cause: error });
      }
    // Each kind of answer is given: this is no test of one way of breaking.
    expect(Object.values(came).every((times) => times > 0)).toBe(true);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ['an empty file', () => new Uint8Array(), /^f: at offset 0x0: expected 'IORT', 'DMAR' or 'IVRS'/],
    [
      'half a header',
      (bytes) => bytes.slice(0, 20),
      /^f: at offset 0x0: expected a header of 40 bytes, the file has 20;/,
    ],
    ['version 3', (bytes) => bytes.with(23, 3), /^f: at offset 0x14: expected version 16 or 17, found 3/],
    [
      'a structure block outside',
      (bytes) => bytes.with(8, 0x7f),
      /^f: at offset 0x8: expected the structure block within the \d+ bytes/,
    ],
    ['no root', (bytes) => bytes.with(59, 9), /^f: no root node at 0x38/],
  ])('%s is one clear message', (_, change, message) => {
    expect(() => readFirmware('f', change(makeBlob({})))).toThrow(message);
  });

  it.each<[string, MadeNode | Uint8Array, RegExp]>([
    [
      'a tree cut in the middle',
      makeBlob({ nodes: many(20, 'a') }).slice(0, 200),
      /offset 0x4: says it is \d+ bytes long; the file has 200/,
    ],
    ['nodes a hundred deep', nested(100), /nested deeper than 64/],
    [
      'a phandle that two nodes have',
      {
        nodes: [
          { name: 'a', props: { phandle: [1] } },
          { name: 'b', props: { phandle: [1] } },
        ],
      },
      /phandle 0x1 is taken/,
    ],
    [
      'more ids than any board',
      {
        nodes: [
          { name: 'm', props: { phandle: [1], '#iommu-cells': [0], iommus: Array<number>(5000).fill(1) } },
          { name: 'n', props: { iommus: [1] } },
        ],
      },
      /more than 4096 ids/,
    ],
  ])('%s is read in part, and said', (_, made, damage) => {
    const firmware = readFirmware('f', made instanceof Uint8Array ? made : makeBlob(made));
    const came = tryBroken(made instanceof Uint8Array ? made : makeBlob(made), buses);
    expect(came).toBe('read in part');
    expect(
      predict(firmware, buses)
        .damage.map(({ at }) => at)
        .join(' '),
    ).toMatch(damage);
  });

  it('phandles that lead to themselves and in circles end', () => {
    const circle = (name: string, own: number, other: number): MadeNode => ({
      name,
      props: {
        compatible: 'arm,smmu-v2',
        phandle: [own],
        '#iommu-cells': [1],
        iommus: [other, 1, own, 2],
        'iommu-map': [0, own, 0, 0xffffffff],
        'memory-region': [own, other],
        'iommu-addresses': [other, 0, 0],
      },
    });
    expect(tryBroken(makeBlob({ nodes: [circle('a', 1, 2), circle('b', 2, 1)] }), buses)).toBe('read whole');
  });
});

function many(count: number, name: string): readonly MadeNode[] {
  return Array.from({ length: count }, (_, at) => ({ name: `${name}@${at}` }));
}

function nested(depth: number): MadeNode {
  return depth === 0 ? {} : { name: 'n', nodes: [nested(depth - 1)] };
}
