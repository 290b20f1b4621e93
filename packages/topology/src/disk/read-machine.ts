import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '@busward/core';
import { decode } from '../decode.ts';
import type { FoundMachine } from '../found.ts';
import { readSources, type Given } from '../read-sources.ts';
import { isTarHeader } from '../tar/tar.ts';
import { tarTree } from '../tar/tar-tree.ts';
import { expected } from '../text/read-text.ts';
import { diskTree } from './disk-tree.ts';

/** Longer than any log; a text is held whole. */
const longestText = 256 * 2 ** 20;
/** More than the sysfs of a big server unpacks to. */
const longestArchive = 4 * 2 ** 30;

/**
 * Reads what files and folders say of one machine. What each is, is seen by its content: kernel logs, listings, the
 * output of lspci, dpdk-devbind and driverctl, snapshots, a sysfs tree as a folder or a tar (packed with gzip or not).
 * @param buses buses whose names are no drivers' in a log, beyond Linux's own
 * Throws an InputError that names the file, what was expected and what to do.
 */
export async function readMachine(
  paths: readonly string[],
  buses: readonly { readonly name: string }[] = [],
): Promise<FoundMachine> {
  const given: Given[] = [];
  for (const path of paths) given.push(await open(path));
  return readSources(given, buses);
}

async function open(path: string): Promise<Given> {
  try {
    if (!statSync(path).isDirectory()) return await contentOf(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}); ${expected}`,
    );
  }
  const tree = diskTree(path);
  if (!tree)
    throw new InputError(`${path}: a folder without kernel/iommu_groups or bus in it, so no sysfs tree; ${expected}`);
  return { tree };
}

/** Which packings are known by their first bytes, and how to undo them. */
const packings: readonly (readonly [readonly number[], string, string])[] = [
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz', 'xz -d'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd', 'zstd -d'],
  [[0x42, 0x5a, 0x68], 'bzip2', 'bzip2 -d'],
  [[0x50, 0x4b, 0x03, 0x04], 'zip', 'unzip'],
];

async function contentOf(path: string): Promise<Given> {
  const says: string[] = [];
  const pieces = unpacked(path, says)[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let length = 0;
  while (length < 512) {
    const { value, done } = await pieces.next();
    if (done) break;
    head.push(value);
    length += value.length;
  }
  const first = Buffer.concat(head);
  for (const [magic, name, command] of packings)
    if (magic.every((byte, at) => first[at] === byte))
      throw new InputError(
        `${path}: packed with ${name}, which is not read here; unpack it ('${command}') and give that`,
      );
  return isTarHeader(first) ? archive(path, first, pieces, says) : text(path, first, pieces, says);
}

async function text(path: string, head: Uint8Array, rest: AsyncIterator<Uint8Array>, says: string[]): Promise<Given> {
  const kept = [head];
  let length = head.length;
  for (let piece = await rest.next(); !piece.done; piece = await rest.next()) {
    kept.push(piece.value);
    length += piece.value.length;
    if (length > longestText)
      throw new InputError(
        `${path}: longer than ${longestText / 2 ** 20} MB; give the lines about IOMMU groups ('grep -i iommu')`,
      );
  }
  return { file: path, text: decode(Buffer.concat(kept)), says };
}

async function archive(
  path: string,
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
  says: string[],
): Promise<Given> {
  const tar = tarTree(path);
  tar.push(head);
  let length = head.length;
  for (let piece = await rest.next(); !piece.done; piece = await rest.next()) {
    tar.push(piece.value);
    length += piece.value.length;
    if (length > longestArchive)
      throw new InputError(`${path}: unpacks to more than ${longestArchive / 2 ** 30} GB; give a tar of /sys alone`);
  }
  const { tree, says: problems } = tar.end();
  return { tree, says: [...says, ...problems] };
}

/** The bytes of a file, unpacked if gzip has packed it; one that is cut off gives what there is, and says so. */
async function* unpacked(path: string, says: string[]): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  const pieces = file[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const { value: first, done } = await pieces.next();
  if (done) return;
  const whole = Readable.from(chained(first, pieces), { objectMode: false, highWaterMark: 65_536 });
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    yield* whole as AsyncIterable<Uint8Array>;
    return;
  }
  const gunzip = createGunzip();
  whole.on('error', (error) => gunzip.destroy(error));
  try {
    yield* whole.pipe(gunzip) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error;
    says.push(`${path}: its packing (gzip) is damaged or cut off; what was before is read`);
  }
}

async function* chained(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let piece = await rest.next(); !piece.done; piece = await rest.next()) yield piece.value;
}
