/*
 * Fetches the device trees that Debian ships with its kernels for arm64 and armhf: over six thousand blobs, 320 MB.
 *
 *   node packages/topology/scripts/fetch-blobs.mjs [FOLDER]
 *
 * Through apt, from the mirror of this machine's own sources, with a configuration of its own in a temporary folder:
 * nothing of the machine's is changed. Of each series of kernels that stable, oldstable and unstable have today, the newest
 * is taken. What is there already is not fetched again.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = process.argv[2] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'busward', 'blobs');
const flavours = { arm64: 'arm64', armhf: 'armmp' };
const suites = ['bookworm', 'trixie', 'sid'];

const work = mkdtempSync(join(tmpdir(), 'busward-apt-'));
try {
  main();
} finally {
  rmSync(work, { recursive: true, force: true });
}

function main() {
  const environment = privateApt();
  console.log('apt: reading the lists of packages');
  // A suite whose lists are being changed on the mirror is left out, and apt says so.
  spawnSync('apt-get', ['update', '-q'], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  const packages = newest(run('apt-cache', ['pkgnames'], environment).split('\n'));
  if (packages.length === 0) fail('apt knows no kernel package for arm64 or armhf; is the mirror complete?');
  mkdirSync(folder, { recursive: true });
  for (const name of packages) fetch(name, environment);
  const all = readdirSync(folder, { recursive: true }).filter((file) => /\.dtbo?$/.test(String(file)));
  console.log(`${all.length} device trees in ${folder}`);
}

/** An apt of our own: other architectures, other suites, and no trace on the machine. */
function privateApt() {
  const targets = run('apt-get', ['indextargets', '--format', '$(ORIGIN)|$(CODENAME)|$(REPO_URI)'], process.env);
  const mirrors = [...new Set(targets.split('\n'))]
    .map((line) => line.split('|'))
    .filter(([origin]) => origin === 'Debian');
  const mirror = mirrors.find(([, codename]) => !codename.endsWith('-security'))?.[2];
  const security = mirrors.find(([, codename]) => codename.endsWith('-security'))?.[2];
  if (!mirror) fail("no mirror of Debian among this machine's apt sources; run 'apt-get update' first");
  const keys = 'signed-by=/usr/share/keyrings/debian-archive-keyring.gpg';
  const line = (uri, suite) => `deb [arch=${Object.keys(flavours).join()} ${keys}] ${uri} ${suite} main`;
  const secured = security
    ? suites.filter((one) => one !== 'sid').map((suite) => line(security, `${suite}-security`))
    : [];
  writeFileSync(join(work, 'sources.list'), [...suites.map((suite) => line(mirror, suite)), ...secured, ''].join('\n'));
  writeFileSync(join(work, 'status'), '');
  for (const part of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(work, part), { recursive: true });
  writeFileSync(
    join(work, 'apt.conf'),
    [
      `Dir::State "${work}/state";`,
      `Dir::State::status "${work}/status";`,
      `Dir::Cache "${work}/cache";`,
      `Dir::Etc::sourcelist "${work}/sources.list";`,
      'Dir::Etc::sourceparts "-";',
      'APT::Architecture "arm64";',
      'APT::Architectures { "arm64"; "armhf"; };',
      'APT::Sandbox::User "root";',
      'Acquire::Languages "none";',
    ].join('\n'),
  );
  return { ...process.env, APT_CONFIG: join(work, 'apt.conf') };
}

/** Since 7.1 the trees are in linux-base-VERSION, before in linux-image-VERSION: of each series and flavour, one. */
function newest(names) {
  const chosen = new Map();
  for (const name of names) {
    const [, kind, version, series, flavour] =
      /^linux-(base|image)-((\d+\.\d+)[^-]*(?:-\d+)?)-(arm64|armmp)$/.exec(name) ?? [];
    if (!version) continue;
    const key = `${series} ${flavour}`;
    const before = chosen.get(key);
    const better = !before || (kind === before.kind ? compare(version, before.version) > 0 : kind === 'base');
    if (better) chosen.set(key, { kind, version, name });
  }
  return [...chosen.entries()]
    .map(([key, { name }]) => `${name}:${key.endsWith('arm64') ? 'arm64' : 'armhf'}`)
    .toSorted();
}

function compare(one, other) {
  return one.localeCompare(other, 'en', { numeric: true });
}

function fetch(name, environment) {
  const into = join(folder, name.split(':')[0]);
  if (existsSync(into)) return console.log(`${name}: there already`);
  console.log(`${name}: fetching`);
  const archives = mkdtempSync(join(work, 'deb-'));
  execFileSync('apt-get', ['download', '-q', name], {
    cwd: archives,
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [archive] = readdirSync(archives);
  const unpacked = mkdtempSync(join(work, 'tree-'));
  const script = 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --wildcards "*.dtb" "*.dtbo"';
  // tar fails where a package has no overlay.
  spawnSync('sh', ['-c', script, 'sh', join(archives, archive), unpacked], { stdio: 'ignore' });
  const count = readdirSync(unpacked, { recursive: true }).filter((file) => /\.dtbo?$/.test(String(file))).length;
  if (count === 0) fail(`${archive}: no device tree in it`);
  moveInto(unpacked, into);
  rmSync(archives, { recursive: true });
  console.log(`${name}: ${count} device trees, of ${archive}`);
}

/** Whole or not at all. */
function moveInto(from, into) {
  const beside = `${into}.part`;
  rmSync(beside, { recursive: true, force: true });
  execFileSync('cp', ['-r', from, beside]);
  renameSync(beside, into);
}

function run(command, args, env) {
  const { status, stdout, error } = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (error || status !== 0)
    fail(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}; this needs Debian's apt`);
  return stdout;
}

function fail(message) {
  console.error(`fetch-blobs: ${message}`);
  rmSync(work, { recursive: true, force: true });
  process.exit(2);
}
