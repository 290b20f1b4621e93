/**
 * A tree of files, on a disk or in an archive, with `sys` and `proc` in it. Paths have no leading slash and no `..`.
 * Nothing outside of it can be reached: a link is only told, and whoever follows it uses `follow`.
 */
export interface Tree {
  /** What a person calls it. */
  readonly file: string;
  /** It is the beginning of a tree: what is not in it may be all the same. */
  readonly isCut: boolean;
  /** Names in a folder, sorted; none, if there is no such folder. */
  names(path: string): readonly string[];
  /** Text of a small file without its last line end; absent: no such file, or it cannot be read. */
  text(path: string): string | undefined;
  /** A file that is no text, of 16 MB at most; absent: no such file, or it cannot be read. */
  bytes(path: string): Uint8Array | undefined;
  /** Where a link points, as it is stored; absent: no link. */
  link(path: string): string | undefined;
}

/**
 * The path that a link of the tree leads to, if the folders on the way are no links, as sysfs has them.
 * Absent: it leads out of the tree, or there is no link.
 */
export function follow(tree: Tree, path: string): string | undefined {
  const target = tree.link(path);
  if (target === undefined) return undefined;
  const parts = target.startsWith('/') ? [] : path.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts[0] === 'sys' || parts[0] === 'proc' ? parts.join('/') : undefined;
}

export const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** tar pads what sysfs promised with zeros; strings of a device tree end in one. */
export const withoutEnd = (text: string): string => text.replace(/[\0\n]+$/, '');
