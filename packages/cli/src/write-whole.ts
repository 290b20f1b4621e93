import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { InputError } from '@busward/core';

/** Writes a file that is there as a whole or not at all. Throws an InputError where it cannot be written. */
export function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new InputError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code}); name another file`);
  }
}
