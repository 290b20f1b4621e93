import { writeWhole } from './write-whole.ts';

/** Where a rendering goes: to a file, whole or not at all, or to the terminal. */
export function writeOut(text: string, file: string | undefined): void {
  if (file === undefined) process.stdout.write(text);
  else writeWhole(file, text);
}

export const outputFlag = {
  kind: 'parsed',
  parse: String,
  optional: true,
  brief: 'write it into this file, when it is whole',
  placeholder: 'file',
} as const;
