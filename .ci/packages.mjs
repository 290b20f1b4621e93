// Packs every package as it would be published: what is in the tarballs, whether tools can read their types, and
// whether the command runs where nothing but they is installed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packInto } from './pack.mjs';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'busward-pack-'));
const tarballs = packInto(folder);
for (const tarball of tarballs) {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n');
  for (const needed of ['package/LICENSE', 'package/README.md', 'package/dist/index.js'])
    if (!files.includes(needed)) throw new Error(`${tarball} lacks ${needed}`);
  if (files.some((file) => /\/(src|test)\//.test(file))) throw new Error(`${tarball} carries sources or tests`);
  run(root, 'pnpm', 'exec', 'publint', '--strict', tarball);
  const isCommand = /\/(create-)?busward(-bus)?-\d[^/]*$/.test(tarball);
  if (!isCommand) run(root, 'pnpm', 'exec', 'attw', tarball, '--profile', 'esm-only', '--quiet');
}

writeFileSync(join(folder, 'package.json'), '{ "private": true }');
run(folder, 'npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs);
const said = execFileSync(join(folder, 'node_modules/.bin/busward'), ['compare', '--strategy', '6.1'], {
  cwd: folder,
  encoding: 'utf8',
});
if (!said.includes('isolated')) throw new Error(`the installed command says\n${said}`);
rmSync(folder, { recursive: true });
console.log(`${tarballs.length} packages are in shape, and busward runs from them`);

function run(cwd, command, ...args) {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}
