import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { InputError } from '@busward/core';
import { toldAs, troubleWith } from '@busward/topology';
import { filesBelow, isFolder } from './look.ts';
import { opened, standardInput } from './standard-input.ts';

/** What comes with the tool. */
export const shippedRecordings = fileURLToPath(new URL('../recordings', import.meta.resolve('@busward/traces')));

/** The recordings of a path: itself, or those in a folder; `-` is standard input. Throws an InputError if there is none. */
export function recordingsIn(path: string): readonly string[] {
  if (path === standardInput) return [path];
  const give = 'give recordings (.jsonl or .jsonl.gz), or a folder of them';
  if (!isFolder(path, give)) return [path];
  const files = filesBelow(path, /\.jsonl(\.gz)?$/, give);
  if (files.length === 0) throw new InputError(`${path}: no recordings there; they end in .jsonl or .jsonl.gz`);
  return files;
}

/** A recording's lines, decompressed. Throws an InputError if they cannot be had. */
export function textOfRecording(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(opened(path));
  } catch (error) {
    throw new InputError(`${toldAs(path)}: cannot be read: ${troubleWith(error)}; give recordings`);
  }
  try {
    const isPacked = path === standardInput ? bytes[0] === 0x1f && bytes[1] === 0x8b : path.endsWith('.gz');
    return (isPacked ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch {
    throw new InputError(`${toldAs(path)}: cannot be decompressed; expected gzip, whole (is the file cut off?)`);
  }
}
