// Runs every command that the documentation shows and compares what it prints; follows its links within the repository.
//
//   ```console            a command is a line that begins with `$ `; what follows is its output; a line `...` stands
//   $ busward buses       for any number of lines. Commands run in the repository, an example's in its folder.
//   ```js file=bus.js     is written to a folder of its own, where the page's commands then run.
//   ```js file=bus.js from=examples/NAME/bus.js
//                         is the text of that file, which an update copies into the page.
//   $ npm install ./tarballs/*.tgz
//                         a page that begins so is a stranger's: its folder is empty but for every package, packed, and
//                         it has no busward but the one that it installs. Needs the registry, for what they depend on.
//
// With --update the outputs are written into the pages instead (but for those with a `...`).
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { packInto } from './pack.mjs';

const root = resolve(import.meta.dirname, '..');
const update = process.argv.includes('--update');
const scratch = mkdtempSync(join(tmpdir(), 'busward-docs-'));
const bin = join(scratch, 'bin');
mkdirSync(bin);
writeFileSync(join(bin, 'busward'), `#!/bin/sh\nexec node "${root}/packages/cli/dist/index.js" "$@"\n`);
chmodSync(join(bin, 'busward'), 0o755);

const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const pages = (
  only.length > 0
    ? only
    : ['README.md', 'CONTRIBUTING.md', ...markdownIn('docs'), ...markdownIn('examples'), ...markdownIn('packages')]
).map((page) => resolve(page));
let commands = 0;
let wrong = 0;
for (const page of pages) check(page);
rmSync(scratch, { recursive: true });
console.log(`${commands} commands in ${pages.length} pages${update ? ', updated' : `, ${wrong} things are wrong`}`);
process.exit(wrong > 0 && !update ? 1 : 0);

function markdownIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter(
      (entry) =>
        entry.isFile() && entry.name.endsWith('.md') && !/node_modules|dist/.test(entry.parentPath ?? entry.path),
    )
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .map((path) => join(root, path));
}

function check(page) {
  const text = readFileSync(page, 'utf8');
  const isStranger = /^\$ npm install .*\.\/tarballs/m.test(text);
  const folder = isStranger ? strangersFolder() : folderOf(page, text);
  const path = isStranger ? process.env.PATH : `${bin}:${process.env.PATH}`;
  const checked = text.replaceAll(
    /^```(\S+)(?: file=(\S+))?(?: from=(\S+))?\n(.*?)^```$/gms,
    (block, language, file, from, body) => {
      const shown = from === undefined ? body : readFileSync(join(root, from), 'utf8');
      if (file !== undefined) write(join(folder, file), shown);
      if (shown !== body) return copied(block, from, shown, page);
      return language === 'console'
        ? `\`\`\`console\n${body
            .split(/^(?=\$ )/m)
            .map((part) => run(part, folder, path, page))
            .join('')}\`\`\``
        : block;
    },
  );
  if (update && checked !== text) writeFileSync(page, checked);
  for (const [, link] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
    if (existsSync(resolve(dirname(page), link))) continue;
    wrong++;
    console.error(`${relative(root, page)}: links to ${link}, which is not there`);
  }
}

function copied(block, from, text, page) {
  wrong++;
  if (update) return `${block.slice(0, block.indexOf('\n') + 1)}${text}\`\`\``;
  console.error(`${relative(root, page)}: what it shows of ${from} is not what is there; --update copies it\n`);
  return block;
}

/** Where the page's commands run: an example's folder; one of its own if the page writes files; else the repository. */
function folderOf(page, text) {
  const example = /examples\/[^/]+(?=\/README\.md$)/.exec(page)?.[0];
  if (example) return join(root, example);
  if (!/^```\S+ file=/m.test(text)) return root;
  const folder = mkdtempSync(join(scratch, 'page-'));
  // A plugin needs nothing installed; a program of one's own does.
  if (!/^\$ node /m.test(text)) return folder;
  mkdirSync(join(folder, 'node_modules/@busward'), { recursive: true });
  for (const name of readdirSync(join(root, 'packages')))
    symlinkSync(join(root, 'packages', name), join(folder, 'node_modules/@busward', name));
  return folder;
}

/** An empty folder, and in it the packages as they would be published. */
function strangersFolder() {
  const folder = mkdtempSync(join(scratch, 'stranger-'));
  packInto(join(folder, 'tarballs'));
  return folder;
}

function write(path, body) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, body);
}

function run(part, folder, path, page) {
  if (!part.startsWith('$ ')) return part;
  commands++;
  const [first, ...rest] = part.split('\n');
  const expected = rest.join('\n').trimEnd();
  // npm warns of what pnpm has set when it runs inside it. The width is what a reader gets through a pipe.
  const { COLUMNS: _, FORCE_COLOR: __, ...others } = process.env;
  const env = { ...others, NO_COLOR: '1', PATH: path, npm_config_loglevel: 'error' };
  const { stdout, stderr } = spawnSync('sh', ['-c', first.slice(2)], { cwd: folder, env, encoding: 'utf8' });
  const printed = `${stdout}${stderr}`.replaceAll(/[ \t]+$/gm, '').trimEnd();
  const pattern = new RegExp(
    `^${expected
      .split(/^\.\.\.$/m)
      .map(escape)
      .join('[^]*')}$`,
  );
  if (pattern.test(printed)) return part;
  wrong++;
  if (update) return expected.split('\n').includes('...') ? part : `${first}\n${printed}${printed === '' ? '' : '\n'}`;
  console.error(`${relative(root, page)}: ${first}\n--- the page says\n${expected}\n--- it prints\n${printed}\n`);
  return part;
}

function escape(text) {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
