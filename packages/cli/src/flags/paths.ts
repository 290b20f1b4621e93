import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '@busward/core';
import { troubleWith } from '@busward/topology';
import { followed } from '../files/write-whole.ts';

/* Where commands write. That it can be is seen to when flags are read: whoever asked for an hour's work is told before. */

/** A file to write: one that is there or can be made. */
export const fileFlag = (brief: string) =>
  ({ kind: 'parsed', parse: fileToWrite, optional: true, brief, placeholder: 'file' }) as const;

/** `--output`: the file that takes the place of standard output. */
export const outputFlag = fileFlag('write it into this file, when it is whole');

/** A folder to write into: one that is there or can be made. */
export const folderFlag = (brief: string) =>
  ({ kind: 'parsed', parse: folderToWrite, optional: true, brief, placeholder: 'folder' }) as const;

/** Throws an InputError where a flag names a file that is read, or that another flag names. */
export function keepApart(written: Readonly<Record<string, string | undefined>>, read: readonly string[] = []): void {
  // What is read and is not there, whoever reads it tells.
  const taken = new Map(read.filter(existsSync).map((file) => [realpathSync(file), 'is a file that is read']));
  for (const [flag, file] of Object.entries(written)) {
    if (file === undefined || (existsSync(file) && !statSync(file).isFile())) continue;
    const other = taken.get(placeOf(file));
    if (other !== undefined) throw new InputError(`${flag} ${file}: ${other}; give another file`);
    taken.set(placeOf(file), `is for ${flag} already`);
  }
}

/** Where a file to write will be, whether it is there or not: two that are one file are told by it. */
export const placeOf = (file: string): string => (existsSync(file) ? realpathSync(file) : resolve(followed(file)));

function fileToWrite(file: string): string {
  if (file === '') throw new Error('it is empty; give the path of a file');
  try {
    const before = statSync(file, { throwIfNoEntry: false });
    if (before?.isDirectory()) throw new Error('it is a folder');
    if (before) accessSync(file, constants.W_OK);
    if (!before || before.isFile()) mayMakeIn(dirname(followed(file)));
  } catch (error) {
    throw new Error(`cannot be written: ${troubleWith(error)}; give the path of a file in a folder that is there`, {
      cause: error,
    });
  }
  return file;
}

function folderToWrite(folder: string): string {
  if (folder === '') throw new Error('it is empty; give the path of a folder');
  try {
    mayMakeIn(nearestThere(folder));
  } catch (error) {
    throw new Error(`cannot be a folder: ${troubleWith(error)}; name another`, { cause: error });
  }
  return folder;
}

const nearestThere = (path: string): string => (existsSync(path) ? path : nearestThere(dirname(path)));

function mayMakeIn(folder: string): void {
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is a file`);
  accessSync(folder, constants.W_OK);
}
