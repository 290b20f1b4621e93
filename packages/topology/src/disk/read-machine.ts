import { accessSync, constants, createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InputError, type Bus } from '@busward/core';
import { encodingOf } from '../decode.ts';
import { longestFirmware, looksLikeFirmware } from '../firmware/read-firmware.ts';
import type { FoundMachine, Source } from '../found.ts';
import { reading, type Reading } from '../read-sources.ts';
import type { Tell } from '../statement.ts';
import { isTarHeader } from '../tar/tar.ts';
import { tarTree } from '../tar/tar-tree.ts';
import { expected } from '../text/read-text.ts';
import { diskTree } from './disk-tree.ts';
import { standardInput, toldAs } from './told-as.ts';
import { troubleWith } from './trouble-with.ts';

/** More than any log has, and more than the sysfs of a big server unpacks to. */
const longest = 4 * 2 ** 30;

/**
 * Reads what files and folders say of one machine. What each is, is seen by its content: kernel logs, listings, the
 * output of lspci, dpdk-devbind and driverctl, snapshots, a sysfs tree as a folder or a tar (packed with gzip or not),
 * compiled device trees and ACPI tables. A path of `-` is standard input.
 * @param buses their names are no drivers' in a log, and their grouping rules predict groups from firmware
 * Throws an InputError that names the file, what was expected and what to do.
 */
export async function readMachine(paths: readonly string[], buses: readonly Bus[] = []): Promise<FoundMachine> {
  const read = reading(buses);
  const sources: Source[] = [];
  for (const path of paths) sources.push(await readPath(path === '-' ? standardInput : path, read));
  return read.end(sources);
}

const openable = (path: string): string => (path === standardInput ? '/dev/stdin' : path);

async function readPath(path: string, read: Reading): Promise<Source> {
  try {
    if (!statSync(openable(path)).isDirectory()) return await readFile(path, read);
    accessSync(path, constants.R_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${toldAs(path)}: cannot be read: ${troubleWith(error)}; name another file`);
  }
  const tree = diskTree(path, read.tell);
  if (tree) return read.tree(tree);
  throw new InputError(`${path}: a folder without kernel/iommu_groups or bus in it, so no sysfs tree; ${expected}`);
}

/** Which packings are known by their first bytes, and how to undo them. */
const packings: readonly (readonly [readonly number[], string, string])[] = [
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz', 'xz -d'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd', 'zstd -d'],
  [[0x42, 0x5a, 0x68], 'bzip2', 'bzip2 -d'],
  [[0x50, 0x4b, 0x03, 0x04], 'zip', 'unzip'],
];

async function readFile(path: string, read: Reading): Promise<Source> {
  const pieces = unpacked(path, read.tell);
  const head: Uint8Array[] = [];
  let length = 0;
  while (length < 512) {
    const { value, done } = await pieces.next();
    if (done === true) break;
    head.push(value);
    length += value.length;
  }
  const first = Buffer.concat(head);
  for (const [magic, name, command] of packings)
    if (magic.every((byte, at) => first[at] === byte))
      throw new InputError(
        `${path}: packed with ${name}, which is not read here; unpack it ('${command}') and give that`,
      );
  const whole = chained(first, pieces, path);
  if (isTarHeader(first)) return readArchive(path, whole, read);
  if (looksLikeFirmware(first)) return read.firmware(path, await bytesOf(path, whole));
  return readText(path, encodingOf(first), whole, read);
}

async function readText(
  path: string,
  encoding: string,
  pieces: AsyncIterable<Uint8Array>,
  read: Reading,
): Promise<Source> {
  const text = read.text(path);
  const decoder = new TextDecoder(encoding);
  for await (const piece of pieces) text.push(decoder.decode(piece, { stream: true }));
  text.push(decoder.decode());
  return text.end();
}

async function readArchive(path: string, pieces: AsyncIterable<Uint8Array>, read: Reading): Promise<Source> {
  const tar = tarTree(path);
  for await (const piece of pieces) tar.push(piece);
  const { tree, says } = tar.end();
  for (const text of says) read.tell({ kind: 'says', text });
  return read.tree(tree);
}

async function bytesOf(path: string, pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    kept.push(piece);
    length += piece.length;
    if (length > longestFirmware)
      throw new InputError(`${path}: longer than ${longestFirmware / 2 ** 20} MB; is it firmware?`);
  }
  return Buffer.concat(kept);
}

/** The bytes of a file, unpacked if gzip has packed it; one that is cut off gives what there is, and says so. */
async function* unpacked(path: string, tell: Tell): AsyncGenerator<Uint8Array, void> {
  const file = createReadStream(openable(path));
  const pieces = file[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const { value: first, done } = await pieces.next();
  if (done) return;
  const whole = Readable.from(chained(first, pieces, path), { objectMode: false, highWaterMark: 65_536 });
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    yield* whole as AsyncIterable<Uint8Array>;
    return;
  }
  const gunzip = createGunzip();
  whole.on('error', (error) => gunzip.destroy(error));
  let length = 0;
  try {
    for await (const piece of whole.pipe(gunzip) as AsyncIterable<Uint8Array>) {
      length += piece.length;
      yield piece;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('Z_')) throw error;
    const isCut = code === 'Z_BUF_ERROR';
    // What is damaged takes what was unpacked together with it along, and what nobody had taken yet; of a pipe that is gone.
    const isThere = statSync(openable(path)).isFile();
    const rest = isThere ? await unpackedBehind(length, openable(path), gunzip.bytesWritten) : undefined;
    if (rest) yield rest;
    const trouble = `${path}: its packing (gzip) is ${isCut ? 'cut off' : 'damaged, or something is behind it'}`;
    if (length + (rest?.length ?? 0) === 0)
      throw new InputError(`${trouble}; unpack it ('gzip -dc') and give what comes out`);
    const read = `${rest ? '' : 'most of '}what was before is read`;
    tell({ kind: 'says', text: `${trouble}; ${read}${isCut ? '' : ', and its end may be garbled'}` });
  }
}

/** What a damaged packing still gives behind the first `length` bytes: byte for byte from `at`, up to which it is whole. */
async function unpackedBehind(length: number, path: string, at: number): Promise<Uint8Array> {
  const gunzip = createGunzip();
  const behind: Uint8Array[] = [];
  let before = length;
  gunzip.on('data', (piece: Uint8Array) => {
    if (before < piece.length) behind.push(piece.subarray(before));
    before = Math.max(0, before - piece.length);
  });
  const pieces = async function* (): AsyncGenerator<Uint8Array, void> {
    if (at > 0) yield* createReadStream(path, { end: at - 1 });
    yield* createReadStream(path, { start: at, highWaterMark: 1 });
  };
  gunzip.on('error', () => undefined);
  await pipeline(pieces, gunzip).catch(() => undefined);
  return Buffer.concat(behind);
}

async function* chained(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array, unknown>,
  path: string,
): AsyncGenerator<Uint8Array, void> {
  let length = first.length;
  yield first;
  for (let piece = await rest.next(); piece.done !== true; piece = await rest.next()) {
    length += piece.value.length;
    if (length > longest)
      throw new InputError(
        `${path}: longer than ${longest / 2 ** 30} GB; give a tar of /sys alone, or the lines about IOMMU groups`,
      );
    yield piece.value;
  }
}
