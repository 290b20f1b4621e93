import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@busward/core';
import { troubleWith } from '@busward/topology';
import type { AuditRow } from '@busward/passthrough';
import { isFolder } from './look.ts';
import { standardInput } from './standard-input.ts';
import { writeWhole } from './write-whole.ts';

/** Files, and sysfs trees, below the given paths: one machine each. Throws an InputError for a path that is not there. */
export function machinesBelow(paths: readonly string[]): readonly string[] {
  const files = paths.flatMap((path) => {
    if (path === standardInput)
      throw new InputError('-: an audit reads files and folders; of standard input ask busward inspect -, one machine');
    return isFolder(path, 'give folders with a file a machine') ? below(path) : [path];
  });
  // One that is named twice, or by two ways, is one machine.
  return [...new Map(files.toReversed().map((file) => [realpathSync(file), file])).values()].toReversed();
}

function below(folder: string): readonly string[] {
  if (['kernel/iommu_groups', 'bus/pci/devices'].some((part) => existsSync(join(folder, part)))) return [folder];
  // Of one that cannot be read, its row tells why.
  if (!isReadable(folder)) return [folder];
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return below(path);
      return entry.isFile() ? [path] : [];
    });
}

function isReadable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether an audit has written it, as a table: else it is a machine. */
export const isTable = (file: string): boolean => /^(?:file,model,kernel,|$)/.test(readFileSync(file, 'latin1'));

/** A row with what it was made of: it is made again when the file or the question is another one. */
type StampedRow = AuditRow & { readonly stamp: string };

/** Rows that are kept in a file, a line each, as they come. What was interrupted goes on where it was. */
export interface KeptRows {
  /** Whether there is a row for the file as it is now. */
  has(file: string): boolean;
  add(rows: readonly AuditRow[]): void;
  /** Of these files, in this order. */
  of(files: readonly string[]): readonly AuditRow[];
  /** Writes the file anew, a row for each of these files. */
  finish(files: readonly string[]): void;
}

/** @param question what tells one audit from another, beside its files */
export function keptRows(file: string | undefined, question: string): KeptRows {
  if (file !== undefined && existsSync(file) && !statSync(file).isFile())
    throw new InputError(
      `--output ${file}: rows are read again, too; give a regular file, or leave it out to print them`,
    );
  const rows = new Map<string, StampedRow>();
  if (file !== undefined && existsSync(file)) for (const row of readRows(file)) rows.set(row.file, row);
  const stampOf = (path: string): string => {
    const { size, mtimeMs } = statSync(path);
    return `${size} ${Math.round(mtimeMs)} ${question}`;
  };
  return {
    has: (path) => rows.get(path)?.stamp === stampOf(path),
    add(more) {
      const stamped = more.map((row): StampedRow => ({ ...row, stamp: stampOf(row.file) }));
      for (const row of stamped) rows.set(row.file, row);
      if (file !== undefined) append(file, stamped);
    },
    of: (files) => files.flatMap((path) => rows.get(path) ?? []),
    finish(files) {
      if (file !== undefined) writeWhole(file, linesOf(files.flatMap((path) => rows.get(path) ?? [])), '--output');
    },
  };
}

const linesOf = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

function append(file: string, rows: readonly StampedRow[]): void {
  try {
    appendFileSync(file, linesOf(rows));
  } catch (error) {
    throw new InputError(`--output ${file}: cannot be written: ${troubleWith(error)}; name another file`);
  }
}

/** A last line that was cut off when the audit was interrupted is left out, and its machine read again. */
function readRows(file: string): readonly StampedRow[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`${file}: cannot be read: ${troubleWith(error)}; name another file`);
  }
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    if (line === '') return [];
    try {
      const row = JSON.parse(line) as StampedRow;
      if (typeof row.file === 'string' && typeof row.stamp === 'string') return [row];
    } catch {
      if (at === lines.length - 1) return [];
    }
    throw new InputError(`${file}:${at + 1}: is no row of an audit; name another file, or remove this one`);
  });
}
