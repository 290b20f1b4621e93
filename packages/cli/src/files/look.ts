import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@busward/core';
import { toldAs, troubleWith } from '@busward/topology';

/** Whether a path is a folder. Throws an InputError where that cannot be told; `give` says what to do. */
export function isFolder(path: string, give: string): boolean {
  return looking(path, give, () => statSync(path).isDirectory());
}

/** The files of a folder, and of those in it, whose names end so. Throws an InputError if they cannot be told. */
export const filesBelow = (folder: string, ending: RegExp, give: string): readonly string[] =>
  looking(folder, give, () => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .toSorted();

function looking<T>(path: string, give: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw new InputError(`${toldAs(path)}: cannot be read: ${troubleWith(error)}; ${give}`);
  }
}
