import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { InputError } from '@busward/core';

/** Writes a file that is there as a whole or not at all. Throws an InputError if it cannot be written. */
export function writeWhole(file: string, text: string): void {
  const beside = `${file}.${process.pid}.part`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new InputError(
      `${file}: cannot be written (${(error as NodeJS.ErrnoException).code}); give the path of a file in a folder that is there`,
    );
  }
}
