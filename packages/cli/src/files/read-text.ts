import { readFileSync } from 'node:fs';
import { InputError } from '@busward/core';
import { troubleWith } from '@busward/topology';
import { opened, toldAs } from './standard-input.ts';

/** The text of a file, or of standard input. Throws an InputError for what cannot be read or is no text; `give` says what to do. */
export function readText(path: string, give: string): string {
  const name = toldAs(path);
  let text: string;
  try {
    text = readFileSync(opened(path), 'utf8');
  } catch (error) {
    throw new InputError(`${name}: cannot be read: ${troubleWith(error)}; ${give}`);
  }
  if (/[\0\uFFFD]/.test(text)) throw new InputError(`${name}: is a binary file, and no text; ${give}`);
  return text;
}
