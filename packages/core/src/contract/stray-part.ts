/** What is wrong with a part that nobody looks at: a misspelt one would be left out in silence. Nobody writes those that are `added`. */
export function strayPart(of: object, known: readonly string[], added: readonly string[] = []): string | undefined {
  const stray = Object.keys(of).find((part) => !known.includes(part) && !added.includes(part));
  return stray === undefined
    ? undefined
    : `has a part '${stray}', which means nothing; its parts are ${known.join(', ')}`;
}
