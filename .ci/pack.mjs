// Packs every package that is published, as it would be: node .ci/pack.mjs FOLDER
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Returns the paths of the tarballs. */
export function packInto(folder) {
  const published = readdirSync(join(root, 'packages')).flatMap((name) => {
    const manifest = join(root, 'packages', name, 'package.json');
    const { name: called, private: isPrivate } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {};
    return called === undefined || isPrivate ? [] : ['--filter', called];
  });
  const args = ['--yes', 'pnpm@10', '-r', ...published, 'pack', '--pack-destination', folder];
  execFileSync('npx', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return readdirSync(folder).map((name) => join(folder, name));
}

if (process.argv[1] === import.meta.filename) packInto(resolve(process.argv[2] ?? 'tarballs'));
