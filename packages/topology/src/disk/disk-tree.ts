import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { longestFirmware } from '../firmware/read-firmware.ts';
import type { Tell } from '../statement.ts';
import { withoutEnd, type Tree } from '../sysfs/tree.ts';
import { troubleWith } from './trouble-with.ts';

/** Enough for every file of sysfs and for a long /proc/mounts; sysfs itself says 4096 of every file. */
const buffer = Buffer.alloc(262_144);

/**
 * The tree in a folder: `/sys` itself or a copy of it, or a folder with `sys` (and `proc`) in it. Absent: it is none.
 * Nothing outside of it is read, wherever its links lead; of a folder that is there and cannot be listed, that is told.
 */
export function diskTree(file: string, tell: Tell): Tree | undefined {
  const roots = rootsOf(resolve(file));
  if (!roots) return undefined;
  const real = Object.values(roots).flatMap((root) => (root === undefined ? [] : [realpathSync(root)]));
  /** Folders are many, and each is asked for many times. */
  const inside = new Map<string, boolean>();
  const place = (path: string): string | undefined => {
    const [top, ...rest] = path.split('/');
    const root = top === 'sys' ? roots.sys : top === 'proc' ? roots.proc : undefined;
    if (root === undefined) return undefined;
    const whole = join(root, ...rest);
    const folder = rest.length === 0 ? whole : dirname(whole);
    if (!inside.has(folder)) inside.set(folder, isInside(folder, real));
    return inside.get(folder) ? whole : undefined;
  };
  const attempt = <T>(path: string, read: (whole: string) => T, failed?: (error: unknown) => void): T | undefined => {
    try {
      const whole = place(path);
      return whole === undefined ? undefined : read(whole);
    } catch (error) {
      failed?.(error);
      return undefined;
    }
  };
  const told = new Set<string>();
  const tellClosed = (path: string, error: unknown): void => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code!) || told.has(path)) return;
    told.add(path);
    const group = /\/iommu_groups\/(\d+)/.exec(path)?.[1];
    const text = `a folder that cannot be read: ${troubleWith(error)}`;
    tell({ kind: 'unread', text, from: { file, at: path }, ...(group !== undefined && { group }) });
  };
  return {
    file,
    isCut: false,
    names: (path) =>
      attempt(
        path,
        (whole) =>
          (path.includes('/') ? lstatSync : statSync)(whole).isDirectory() ? readdirSync(whole).toSorted() : [],
        (error) => tellClosed(path, error),
      ) ?? [],
    // /proc/mounts is a link, and a pipe would wait for ever.
    text: (path) =>
      attempt(path, (whole) => (isInside(whole, real) && statSync(whole).isFile() ? textOf(whole) : undefined)),
    bytes: (path) =>
      attempt(path, (whole) => {
        const about = isInside(whole, real) ? statSync(whole) : undefined;
        return about?.isFile() && about.size <= longestFirmware ? readFileSync(whole) : undefined;
      }),
    link: (path) => attempt(path, (whole) => readlinkSync(whole)),
  };
}

interface Roots {
  readonly sys: string;
  readonly proc: string | undefined;
}

function rootsOf(folder: string): Roots | undefined {
  const isSys = (path: string): boolean =>
    ['kernel/iommu_groups', 'bus', 'class'].some((part) => existsSync(join(path, part)));
  const there = (path: string): string | undefined => (existsSync(path) ? path : undefined);
  if (isSys(join(folder, 'sys'))) return { sys: join(folder, 'sys'), proc: there(join(folder, 'proc')) };
  if (!isSys(folder)) return undefined;
  // /proc is this machine's: it says nothing of a copy of another's /sys.
  const besides = basename(folder) === 'sys' ? there(join(dirname(folder), 'proc')) : undefined;
  return { sys: folder, proc: besides };
}

/** Throws where that cannot be told. */
function isInside(path: string, roots: readonly string[]): boolean {
  const real = realpathSync(path);
  return roots.some((root) => real === root || real.startsWith(root + sep));
}

function textOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (let read = 1; read > 0 && length < buffer.length; length += read)
      read = readSync(file, buffer, length, buffer.length - length, null);
    return withoutEnd(buffer.toString('utf8', 0, length));
  } finally {
    closeSync(file);
  }
}
