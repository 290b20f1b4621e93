import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '@busward/core';
import { troubleWith } from '@busward/topology';

/** Makes a folder for what is written, if it is not there. Throws an InputError where it cannot be one. */
export function makeFolder(path: string): void {
  try {
    make(path);
  } catch (error) {
    throw new InputError(`${path}: cannot be made: ${troubleWith(error)}; name another folder`);
  }
}

/** Node's own way, recursive, tries without end below /proc. */
function make(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) make(dirname(path));
  mkdirSync(path);
}
