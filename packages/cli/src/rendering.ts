import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { InputError } from '@busward/core';

/** Where a rendering goes; nobody ever sees half of it. Throws an InputError where it cannot be written. */
export function writeOut(text: string, file: string | undefined): void {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  const unfinished = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new InputError(
      `${file}: cannot be written (${(error as NodeJS.ErrnoException).code}); name a file in a folder that is there`,
    );
  }
}

export const outputFlag = {
  kind: 'parsed',
  parse: String,
  optional: true,
  brief: 'write it into this file, when it is whole',
  placeholder: 'file',
} as const;
