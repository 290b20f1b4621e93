import { mkdirSync } from 'node:fs';
import { InputError } from '@busward/core';

/** Makes a folder for what is written, if it is not there. Throws an InputError where it cannot be one. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new InputError(`${path}: cannot be a folder (${(error as NodeJS.ErrnoException).code}); name another`);
  }
}
