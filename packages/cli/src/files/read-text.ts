import { readFileSync } from 'node:fs';
import { InputError } from '@busward/core';
import { encodingOf, toldAs, troubleWith } from '@busward/topology';
import { opened } from './standard-input.ts';

/** The text of a file, or of standard input, of UTF-8 or UTF-16. Throws an InputError for what cannot be read or is no text; `give` says what to do. */
export function readText(path: string, give: string): string {
  const name = toldAs(path);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(opened(path));
  } catch (error) {
    throw new InputError(`${name}: cannot be read: ${troubleWith(error)}; ${give}`);
  }
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  if (/[\0\uFFFD]/.test(text)) throw new InputError(`${name}: is a binary file, and no text; ${give}`);
  return text;
}
