import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { troubleWith } from '@busward/core';
import { followed } from './write-whole.ts';

/* Where commands write. That it can be is seen to when flags are read: whoever asked for an hour's work is told before. */

/** A file to write: one that is there or can be made. */
export const fileFlag = (brief: string) =>
  ({ kind: 'parsed', parse: fileToWrite, optional: true, brief, placeholder: 'file' }) as const;

/** A folder to write into: one that is there or can be made. */
export const folderFlag = (brief: string) =>
  ({ kind: 'parsed', parse: folderToWrite, optional: true, brief, placeholder: 'folder' }) as const;

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
