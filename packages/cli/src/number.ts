/** Parses a flag that counts something. */
export function atLeastOne(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error('expected a whole number, at least 1');
}
