import { isInterrupted } from '../terminal/watched.ts';
import { writeWhole } from './write-whole.ts';

/** Where a rendering goes: to the file of --output, whole or not at all, or to the terminal. What was interrupted takes no file's place. */
export function writeOut(text: string, file: string | undefined): void {
  if (file === undefined) process.stdout.write(text);
  else if (isInterrupted()) process.stderr.write(`busward: ${file}: left as it was: stopped by Ctrl-C\n`);
  else writeWhole(file, text, '--output');
}
