import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { amba } from '@busward/amba';
import { InputError, type Bus } from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { machineOf, readMachine, readSources, writeSnapshot, type FoundMachine } from '@busward/topology';
import { encodingOf } from '../../src/decode.ts';
import { tarTree } from '../../src/tar/tar-tree.ts';
import { dmar, iort, ivrs } from '../firmware/sample-tables.ts';
import type { MachineOnDisk } from '../machine-on-disk.ts';
import { randomFrom } from '../random.ts';
import { mutateBytes, mutateTar, mutateText } from './mutate.ts';

const buses: readonly Bus[] = [amba, platform, fslMc, pci, host1x];

/** What breaking so many inputs came to. Anything else than a machine or a clear message is thrown. */
export interface Survived {
  readonly machines: number;
  readonly refused: number;
  /** Machines of which it is said that something could not be read. */
  readonly partial: number;
  /** The longest time that one took of a processor, in milliseconds. */
  readonly slowest: number;
  readonly slowestSeed: number;
}

/** Every listing that the project has. */
export function listings(): readonly string[] {
  return ['../../listings/', '../../../../examples/machines/'].flatMap((folder) => {
    const at = new URL(folder, import.meta.url);
    return readdirSync(at).map((name) => readFileSync(new URL(name, at), 'utf8'));
  });
}

/** An archive of the machine, with the tables of its firmware in it. */
export function archiveOf({ folder, tar }: MachineOnDisk): Uint8Array {
  const tables = join(folder, 'sys/firmware/acpi/tables');
  mkdirSync(tables, { recursive: true });
  for (const [name, bytes] of Object.entries({ DMAR: dmar, IORT: iort, IVRS: ivrs }))
    writeFileSync(join(tables, name), bytes);
  return readFileSync(tar('machine.tar'));
}

/**
 * Breaks each of `count` inputs by a seed of its own and reads it: texts of all kinds, tars, and files through the disk.
 * @param tar an archive of a sysfs tree
 * @param folder where files may be written
 * Throws an Error that names the seed, if one crashes, hangs, or tells what does not stand in it.
 */
export async function breakInputs(
  count: number,
  firstSeed: number,
  texts: readonly string[],
  tar: Uint8Array,
  folder: string,
): Promise<Survived> {
  const result = { machines: 0, refused: 0, partial: 0, slowest: 0, slowestSeed: 0 };
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const random = randomFrom(seed);
    const kind = random();
    const started = process.cpuUsage();
    try {
      const found =
        kind < 0.6
          ? ofText(mutateText(texts[Math.floor(random() * texts.length)]!, random, texts))
          : kind < 0.75
            ? ofText(decoded(mutateBytes(coded(texts[Math.floor(random() * texts.length)]!, random), random)))
            : kind < 0.97
              ? ofTar(mutateTar(tar, random))
              : await ofFile(join(folder, 'broken'), mutateBytes(random() < 0.5 ? gzipSync(tar) : tar, random));
      result.machines++;
      if (found.unread.length > 0 || found.says.length > 0) result.partial++;
    } catch (error) {
      if (!(error instanceof InputError) || error.message === '' || error.message.includes('undefined'))
        throw new Error(`seed ${seed}: ${String(error instanceof Error ? error.stack : error)}`, { cause: error });
      result.refused++;
    }
    const { user, system } = process.cpuUsage(started);
    const took = (user + system) / 1000;
    if (took > 5000) throw new Error(`seed ${seed}: took ${Math.round(took)} ms`);
    if (took <= result.slowest) continue;
    result.slowest = took;
    result.slowestSeed = seed;
  }
  return result;
}

function coded(text: string, random: () => number): Uint8Array {
  return Buffer.from(text, random() < 0.3 ? 'utf16le' : 'utf8');
}

const decoded = (bytes: Uint8Array): string => new TextDecoder(encodingOf(bytes)).decode(bytes);

function ofText(text: string): FoundMachine {
  const found = readSources([{ file: 'broken', text }], buses);
  honest(found, text);
  whole(found);
  return found;
}

function ofTar(bytes: Uint8Array): FoundMachine {
  const tree = tarTree('broken.tar');
  for (let at = 0; at < bytes.length; at += 1000) tree.push(bytes.subarray(at, at + 1000));
  const { tree: made, says } = tree.end();
  const found = readSources([{ tree: made }], buses);
  whole(found);
  return { ...found, says: [...found.says, ...says] };
}

async function ofFile(path: string, bytes: Uint8Array): Promise<FoundMachine> {
  writeFileSync(path, bytes);
  const found = await readMachine([path], buses);
  whole(found);
  return found;
}

/** What is made of a machine does not crash either, and a snapshot of it can be read back. */
function whole(found: FoundMachine): void {
  try {
    machineOf(found, buses);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  const again = readSources([{ file: 'snapshot', text: writeSnapshot(found) }], buses);
  if (again.devices.length !== new Set(found.devices.map(({ name }) => name)).size)
    throw new Error(`a snapshot of ${found.devices.length} devices has ${again.devices.length}`);
}

/** The line that is given as evidence of a driver or a name exists and has it; no plain row of a log is lost. */
function honest({ devices, unread, says }: FoundMachine, text: string): void {
  // eslint-disable-next-line no-control-regex
  const lines = text.split('\n').map((line) => line.replace(/\x1b\[[0-9;?]*[A-Za-z]|[\0\r\ufeff]/g, ''));
  const names = new Set(devices.map(({ name }) => name));
  for (const { name, driver, group } of devices)
    for (const found of [driver, group]) {
      const line = found && lines[(found.from.line ?? 0) - 1];
      if (found && line === undefined)
        throw new Error(`${name}: evidence in line ${found.from.line}, which there is not`);
      if (
        found === driver &&
        typeof found?.is === 'string' &&
        !line!.replaceAll('\\', '').includes(found.is.replaceAll('\\', ''))
      )
        throw new Error(`${name}: driver ${found.is} does not stand in line ${found.from.line}: ${line}`);
    }
  if (says.length > 0) return;
  const counted = new Set(unread.map(({ line }) => line));
  lines.forEach((line, at) => {
    const name =
      line.length < 60_000 ? /^\[ *\d+\.\d+\] [\w-]+ (\S+): Adding to iommu group \d+$/.exec(line)?.[1] : undefined;
    if (name !== undefined && !names.has(name) && !counted.has(at + 1))
      throw new Error(`${name} of line ${at + 1} is lost: ${line}`);
  });
}
