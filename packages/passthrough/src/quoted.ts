/** A word for a shell, as it is where nothing in it means something there; else in quotes, in which nothing does. */
export const quoted = (word: string): string =>
  /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** What prints a line. `echo` takes `-n` for an option, and that of some shells `\c` for an order, in quotes, too. */
export function echoed(line: string): string {
  if (line === '') return 'echo';
  return /^-|\\/.test(line) ? `printf '%s\\n' ${quoted(line)}` : `echo ${quoted(line)}`;
}
