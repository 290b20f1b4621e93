import { readFileSync } from 'node:fs';
import { InputError } from '@busward/core';
import { troubleWith } from '@busward/topology';

/** The text of a file, or of standard input (0). Throws an InputError for what cannot be read or is no text; `give` says what to do. */
export function readText(from: string | 0, give: string): string {
  const name = from === 0 ? 'standard input' : from;
  let text: string;
  try {
    text = readFileSync(from, 'utf8');
  } catch (error) {
    throw new InputError(`${name}: cannot be read: ${troubleWith(error)}; ${give}`);
  }
  if (/[\0\uFFFD]/.test(text)) throw new InputError(`${name}: is a binary file, and no text; ${give}`);
  return text;
}
