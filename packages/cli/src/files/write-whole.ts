import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '@busward/core';
import { troubleWith } from '@busward/topology';

/**
 * Writes a file that is there as a whole or not at all: where a link leads, with the mode that it had. What is no regular
 * file (a FIFO, a device) is written into. Throws an InputError if it cannot be written, with the `flag` that names it.
 */
export function writeWhole(file: string, text: string, flag?: string): void {
  try {
    const before = statSync(file, { throwIfNoEntry: false });
    // To put another in its place nobody asks whether the old one may be written.
    if (before) accessSync(file, constants.W_OK);
    if (before && !before.isFile()) writeFileSync(file, text);
    else replace(followed(file), text, before?.mode);
  } catch (error) {
    const named = flag === undefined ? file : `${flag} ${file}`;
    throw new InputError(`${named}: cannot be written: ${troubleWith(error)}; name another file`);
  }
}

/** The path that links lead to, whether there is a file or not. A circle of links is an error before. */
export function followed(file: string): string {
  if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return file;
  return followed(resolve(realpathSync(dirname(file)), readlinkSync(file)));
}

function replace(file: string, text: string, mode: number | undefined): void {
  const beside = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  try {
    // Nobody else may read it on the way, either.
    writeFileSync(beside, text, { flag: 'wx', ...(mode !== undefined && { mode: 0o600 }) });
    if (mode !== undefined) chmodSync(beside, mode & 0o7777);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
