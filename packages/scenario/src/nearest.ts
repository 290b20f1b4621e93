import leven from 'leven';

/** `; did you mean 'pci'?`, or `;`. */
export function nearest(typed: string, names: readonly string[]): string {
  const [near] = names.toSorted((a, b) => distance(a, typed) - distance(b, typed));
  return near !== undefined && typed !== '' && distance(near, typed) <= Math.max(2, typed.length / 2)
    ? `; did you mean '${near}'?`
    : ';';
}

/** Names that begin with what was typed are near, and profiles whose version it is. */
const distance = (candidate: string, typed: string): number =>
  candidate.startsWith(typed) || candidate.endsWith(`@${typed}`) ? 0 : leven(candidate, typed);

/** `no bus 'pic'; did you mean 'pci'? there are pci, platform`. */
export const noSuch = (kind: string, name: string, names: readonly string[]): string =>
  `no ${kind} '${name}'${nearest(name, names)} there ${names.length === 0 ? 'is none' : `are ${names.join(', ')}`}`;
