import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gzipSync } from 'node:zlib';
import { InputError } from '@busward/core';
import { readMachine, readSources, writeSnapshot } from '@busward/topology';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { archiveOf, breakInputs, listings } from './fuzz/broken-input.ts';
import { machineOnDisk } from './machine-on-disk.ts';

const disk = machineOnDisk();
const { folder, done } = disk;
afterAll(done);
const at = (name: string): string => join(folder, name);

/** The whole hundred thousand: `pnpm --filter @busward/topology fuzz`, which `pnpm run verify` calls, too. */
const few = 250;

describe('broken input', () => {
  it(`is read as far as it goes or refused with a clear message (${few} of many)`, async () => {
    const texts = [...listings(), writeSnapshot(await readMachine([folder]))];
    const { machines, refused, partial } = await breakInputs(few, 1, texts, archiveOf(disk), folder);
    expect(machines + refused).toBe(few);
    expect(Math.min(machines, refused, partial)).toBeGreaterThan(few / 20);
  });

  it.each([
    ['the name of a device', { device: '0000:01:00.0\nrm -rf /', group: '1' }, []],
    ['a name that is a path', { device: '../../0000:01:00.0', group: '1' }, []],
    ['a driver', { device: '0000:01:00.0', driver: 'k\nrm -rf /' }, [['driver', undefined]]],
    ['a driver that is a path', { device: '0000:01:00.0', driver: 'a/b' }, [['driver', undefined]]],
    ['an override', { device: '0000:01:00.0', override: 'k\u001b[2J' }, [['override', undefined]]],
    ['a module', { device: '0000:01:00.0', modules: ['nvme', '\u202ek'] }, [['modules', undefined]]],
    ['a bus', { device: '0000:01:00.0', bus: 'pci\r' }, [['bus', undefined]]],
    ['a device above', { device: '0000:01:00.0', parent: 'a\u2028b' }, [['parent', undefined]]],
  ] as const)('%s that Linux cannot have is unread', (_, line, facts) => {
    const known = '{"device":"0000:02:00.0","group":"2"}';
    const { devices, unread } = readSources([{ file: 'any', text: `${known}\n${JSON.stringify(line)}\n` }]);
    expect(devices.length).toBe(1 + facts.length);
    for (const [fact, is] of facts) expect(devices[1]![fact]).toBe(is);
    expect(unread.map((one) => [one.line, /[\p{Cc}\p{Cf}\p{Zl}]/u.test(one.text)])).toEqual([[2, false]]);
    // Whoever is in a group cannot be left out of it in silence.
    expect(unread[0]!.groups).toEqual('group' in line ? ['1'] : undefined);
  });

  it('a description of several lines is read as one line', () => {
    const text = '{"busward snapshot":1,"model":"x\\nrm -rf /"}\n{"device":"0000:02:00.0","says":"a\\tb"}\n';
    const { model, devices } = readSources([{ file: 'any', text }]);
    expect([model?.is, devices[0]!.says?.is]).toEqual(['x rm -rf /', 'a b']);
  });

  it('of any characters is no crash', () => {
    const word = fc.constantFrom(
      '0000:00:01.0',
      'pci',
      ': Adding to iommu group ',
      '7',
      '\n',
      '\t',
      'IOMMU Group ',
      ':',
      ' -> ',
      'iommu_groups/',
      '/devices/',
    );
    const text = fc
      .array(fc.oneof(word, fc.string({ unit: 'binary' })), { maxLength: 60 })
      .map((parts) => parts.join(''));
    const outcome = (any: string): string => {
      try {
        return readSources([{ file: 'any', text: any }]).devices.length > 0 ? 'a machine' : 'nothing';
      } catch (error) {
        return error instanceof InputError ? 'refused' : String(error);
      }
    };
    fc.assert(
      fc.property(text, (any) => expect(['a machine', 'refused']).toContain(outcome(any))),
      { numRuns: 100 },
    );
  });

  it.each([
    ['UTF-16 with its mark', Buffer.from('\ufeffpci 0000:00:01.0: Adding to iommu group 7\r\n', 'utf16le')],
    ['UTF-16 without', Buffer.from('pci 0000:00:01.0: Adding to iommu group 7\r\n', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\ufeffpci 0000:00:01.0: Adding to iommu group 7\n', 'utf16le').swap16()],
    ['UTF-8 with a mark', Buffer.from('\ufeffpci 0000:00:01.0: Adding to iommu group 7\n')],
    [
      'bytes that are no text before',
      Buffer.concat([Buffer.from([0xff, 0x80, 0x0a]), Buffer.from('pci 0000:00:01.0: Adding to iommu group 7')]),
    ],
    ['gzip', gzipSync('pci 0000:00:01.0: Adding to iommu group 7\n')],
  ])('%s is read', async (_, bytes) => {
    writeFileSync(at('coded'), bytes);
    expect((await readMachine([at('coded')])).devices).toMatchObject([{ name: '0000:00:01.0', group: { is: '7' } }]);
  });

  it.each([
    ['nothing', Buffer.alloc(0), /coded: the file is empty; expected a kernel boot log/],
    [
      'xz',
      Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
      /coded: packed with xz, which is not read here; unpack it \('xz -d'\)/,
    ],
    ['zip', Buffer.from('PK\u0003\u0004...'), /coded: packed with zip/],
    [
      'a picture',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0]),
      /coded \(\d lines\): nothing tells of a device/,
    ],
    ['gzip of nothing', gzipSync(''), /coded: the file is empty/],
    [
      'gzip that is damaged at once',
      Buffer.concat([gzipSync('').subarray(0, 10), Buffer.from('garbage\n')]),
      /coded: its packing \(gzip\) is damaged, or something is behind it; unpack it \('gzip -dc'\)/,
    ],
  ])('%s is one clear message', async (_, bytes, message) => {
    writeFileSync(at('coded'), bytes);
    await expect(readMachine([at('coded')])).rejects.toThrow(message);
  });

  /** A log that packs badly, as long as several pieces of what unpacks it. */
  const log = Array.from(
    { length: 1000 },
    (_, n) =>
      `[${Math.sin(n)}] pci 0000:0${(n >> 8) & 15}:${((n >> 3) & 31).toString(16).padStart(2, '0')}.${n & 7}: Adding to iommu group ${n}\n`,
  ).join('');
  it.each([
    ['cut off', (packed: Buffer) => packed.subarray(0, packed.length / 3), /is cut off; what was before is read$/],
    ['without its sum', (packed: Buffer) => packed.subarray(0, -8), /is cut off; what was before is read$/],
    [
      'with another sum',
      (packed: Buffer) => packed.fill(0, packed.length - 8),
      /; what was before is read, and its end may be garbled$/,
    ],
    [
      'with something behind it',
      (packed: Buffer) => Buffer.concat([packed, Buffer.from('garbage')]),
      /is damaged, or something is behind it; what/,
    ],
    ['damaged within', (packed: Buffer) => packed.fill(0xff, 8_000, 8_040), /is damaged/],
  ])('gzip %s gives every byte of before, and it is said', async (_, damage, says) => {
    const packed = damage(gzipSync(log));
    writeFileSync(at('coded'), packed);
    const found = await readMachine([at('coded')]);
    // By a stream that is given one byte after the other, and takes what has come before the error.
    let expected = '';
    const gunzip = createGunzip().on('data', (piece: Buffer) => (expected += piece.toString('latin1')));
    await pipeline(Readable.from([...packed].map((byte) => Buffer.of(byte))), gunzip).catch(() => undefined);
    expect(found.sources[0]!.lines).toBe(expected.split('\n').filter((line) => line !== '').length);
    expect(found.says[0]).toMatch(says);
  });

  it('a folder without a sysfs tree, and a path that is not there', async () => {
    await expect(readMachine([at('proc')])).rejects.toThrow(/proc: a folder without kernel\/iommu_groups or bus in it/);
    await expect(readMachine([at('nowhere')])).rejects.toThrow(
      /nowhere: cannot be read: there is no such file or folder; name another file/,
    );
  });
});

describe('big input', () => {
  const script = `
    const { readMachine } = await import('@busward/topology');
    const before = process.resourceUsage().maxRSS;
    const said = await readMachine([process.argv[1]]).then(({ devices, unread, says }) => ({ devices: devices.length, unread: unread.length, says }), ({ message }) => ({ message }));
    console.log(JSON.stringify({ ...said, grown: (process.resourceUsage().maxRSS - before) / 1024 }));
  `;
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const tsx = new URL(import.meta.resolve('tsx')).href;
  /** Reads a file in a process of its own; `grown`: by how many megabytes that grew at most. */
  const alone = (
    name: string,
  ): Promise<{ grown: number; devices: number; unread: number; says: string[]; message: string }> =>
    new Promise((resolve, reject) => {
      execFile(
        process.execPath,
        ['--conditions=busward-source', `--import=${tsx}`, '--input-type=module', '-e', script, at(name)],
        { cwd: join(root, 'packages/topology') },
        (error, out) => (error ? reject(error) : resolve(JSON.parse(out) as never)),
      );
    });
  const size = 8 * 2 ** 20;
  const rows = (from: number, until: number): string => {
    let text = '';
    for (let row = from; text.length < until; row++)
      text += `pci 0000:${row.toString(16)}:00.0: Adding to iommu group ${row}\n`;
    return text;
  };

  it('of a hundred thousand devices takes no more memory than a machine has devices, and says what was too much', async () => {
    writeFileSync(at('rows'), rows(0, size));
    const { grown, devices, unread, says } = await alone('rows');
    expect([devices, unread]).toEqual([20_000, 10_000]);
    expect(says.join('\n')).toMatch(
      /more than 20000 devices: the others are not read\n\d+ more lines speak of devices/,
    );
    expect(grown).toBeLessThan(90);
  });

  it('of one line, or of nothing but zeros packed a thousand times smaller, is not held', async () => {
    writeFileSync(at('line'), '/sys/kernel/iommu_groups/1/devices/0000:00:00.0 '.repeat(size / 48));
    const line = await alone('line');
    expect(line.message).toMatch(/nothing tells of a device, and 1 line that speaks of some could not be read/);
    writeFileSync(at('zeros.gz'), gzipSync(Buffer.alloc(40 * 2 ** 20)));
    const zeros = await alone('zeros.gz');
    expect(zeros.message).toMatch(/nothing tells of a device/);
    expect(Math.max(line.grown, zeros.grown)).toBeLessThan(60);
  });
});
