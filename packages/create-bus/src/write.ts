import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Files by their paths in the package. */
export type Files = Readonly<Record<string, string>>;

/** Writes a folder that was not there, all of it or nothing. Throws an Error when it is there. */
export function writeFolder(folder: string, files: Files): void {
  if (existsSync(folder)) throw new Error(`${folder}: is there already, and was left as it is; choose another name`);
  const draft = `${folder}.${process.pid}.tmp`;
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(draft, path)), { recursive: true });
      writeFileSync(join(draft, path), text);
    }
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}
