import { fileFlag } from './path-flags.ts';
import { writeWhole } from './write-whole.ts';

/** Where a rendering goes: to a file, whole or not at all, or to the terminal. */
export function writeOut(text: string, file: string | undefined): void {
  if (file === undefined) process.stdout.write(text);
  else writeWhole(file, text);
}

export const outputFlag = fileFlag('write it into this file, when it is whole');
