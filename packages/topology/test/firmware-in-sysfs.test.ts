import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { readMachine, type FoundMachine } from '@busward/topology';
import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { dmar } from './firmware/sample-tables.ts';
import { machineOnDisk } from './machine-on-disk.ts';

/* What a running system shows of its firmware is read with its sysfs, as if the files had been given beside it. */

const buses = [platform, pci];
const blob = new URL('firmware/blobs/sdm845-db845c.dtb.gz', import.meta.url);
const made: (() => void)[] = [];
let disk: ReturnType<typeof machineOnDisk>;
beforeEach(() => {
  disk = machineOnDisk();
  made.push(disk.done);
});
afterAll(() => made.forEach((done) => done()));

function put(path: string, bytes: Uint8Array): string {
  const whole = join(disk.folder, path);
  mkdirSync(join(whole, '..'), { recursive: true });
  writeFileSync(whole, bytes);
  return whole;
}

/** Without where facts stand, which differs. */
const facts = ({ devices, groups, contradictions }: FoundMachine): unknown =>
  JSON.parse(
    JSON.stringify({ devices, groups, contradictions }, (key, is: unknown) => (key === 'from' ? undefined : is)),
  );

it('an ACPI table in the tree, in a tar of it, or given beside it: one machine', async () => {
  const table = put('elsewhere/DMAR', dmar);
  const beside = await readMachine([disk.folder, table], buses);
  put('sys/firmware/acpi/tables/DMAR', dmar);
  for (const path of [disk.folder, disk.tar('with.tar'), disk.tar('with.tar.gz')]) {
    const inside = await readMachine([path], buses);
    expect(inside.sources.map(({ as }) => as)).toEqual([['sysfs', 'ACPI DMAR']]);
    expect(facts(inside)).toEqual(facts(beside));
    expect(inside.says.length).toBe(beside.says.length);
    // It has an RMRR for 00:02.0, and a screen may give that up.
    const { direct } = inside.devices.find(({ name }) => name === '0000:00:02.0')!;
    expect(direct).toEqual({
      is: false,
      from: { file: `${path}, sys/firmware/acpi/tables/DMAR`, at: 'offset 0x90, RMRR' },
    });
  }
});

it('a flattened device tree in the tree, in a tar of it, or given beside it: one machine', async () => {
  const bytes = gunzipSync(readFileSync(blob));
  const beside = await readMachine([disk.folder, put('elsewhere/a.dtb', bytes)], buses);
  put('sys/firmware/fdt', bytes);
  for (const path of [disk.folder, disk.tar('with.tar')]) {
    const inside = await readMachine([path], buses);
    expect(inside.sources.map(({ as }) => as)).toEqual([['sysfs', 'device tree']]);
    expect(facts(inside)).toEqual(facts(beside));
    expect(inside.devices.some(({ name }) => name === '1dc4000.dma-controller')).toBe(true);
  }
});

it('a table that is none says so, and the tree is read', async () => {
  put('sys/firmware/acpi/tables/IVRS', Buffer.from('IVRS\0\0'));
  for (const path of [disk.folder, disk.tar('broken.tar')]) {
    const { devices, says: told } = await readMachine([path], buses);
    expect(devices.length).toBe(8);
    expect(told).toContainEqual(expect.stringMatching(/sys\/firmware\/acpi\/tables\/IVRS: ends after 6 bytes/));
  }
});
