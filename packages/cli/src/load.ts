import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type Bus,
  defineBus,
  definePrinciple,
  defineStrategy,
  InputError,
  PluginError,
  type Principle,
  type Strategy,
} from '@busward/core';
import type { Plugins } from './plugins.ts';

/** How long a plugin's module may take to load. A hook that loops without a step would never come back. */
const LOADING_MS = 10_000;

/**
 * A loader that gives plugins this tool's own copy of every package it has: steps made by another copy of core would be
 * no steps here. So a plugin needs nothing installed. It also takes the types out of TypeScript, as newer Nodes do.
 */
const sharing = `data:text/javascript,${encodeURIComponent(`
  import { readFile } from 'node:fs/promises';
  import { createRequire } from 'node:module';
  let tool;
  export const initialize = (url) => void (tool = url);
  export const resolve = async (name, context, next) => {
    if (!name.startsWith('@busward/')) return next(name, context);
    return next(name, { ...context, parentURL: tool }).catch(() => next(name, context));
  };
  export const load = async (url, context, next) => {
    if (!/^file:.*\\.m?ts$/.test(url) || url.includes('/node_modules/')) return next(url, context);
    const { transformSync } = createRequire(tool)('amaro');
    const { code } = transformSync(await readFile(new URL(url), 'utf8'), { mode: 'strip-only' });
    return { format: 'module', source: code, shortCircuit: true };
  };`)}`;

/** Entries of the packages that a project depends on and that carry the keyword `busward-plugin`. */
export function pluginPackages(project: string): readonly string[] {
  const own = packageAt(project);
  if (!own) return [];
  const names = Object.keys({ ...(own['dependencies'] as object), ...(own['devDependencies'] as object) });
  return names.flatMap((name) => {
    const folder = folderOf(name, project);
    const keywords = folder === undefined ? undefined : packageAt(folder)?.['keywords'];
    return folder !== undefined && Array.isArray(keywords) && keywords.includes('busward-plugin')
      ? [entryOf(folder)]
      : [];
  });
}

/** The file that a path or a package's name stands for; `undefined` if it stands for nothing. */
export function findPlugin(named: string, from: string): string | undefined {
  if (named === '') return undefined;
  const path = resolve(from, named);
  if (existsSync(path) && !statSync(path).isDirectory()) return path;
  const installed = /^(@[\w.-]+\/)?[\w.-]+$/.test(named) ? folderOf(named, from) : undefined;
  const entry = existsSync(path) ? entryOf(path) : installed && entryOf(installed);
  return entry !== undefined && existsSync(entry) ? entry : undefined;
}

/**
 * Imports a module and takes every bus, strategy and principle it exports.
 * Throws an InputError for a file that cannot be imported or exports none, a PluginError for one that breaks the contract.
 */
export async function loadPlugins(file: string): Promise<Plugins> {
  await tryLoading(file);
  register(sharing, { data: import.meta.url });
  const exported = Object.values((await import(pathToFileURL(file).href)) as object);
  const all = [...new Set(exported)].filter((one): one is object => typeof one === 'object' && one !== null);
  const plugins = {
    buses: all
      .filter((one): one is Bus => 'dma_configure' in one)
      .map((bus) => ('callsUse' in bus ? bus : defineBus(bus))),
    strategies: all.filter((one): one is Strategy => 'ownership' in one).map(defineStrategy),
    principles: all.filter((one): one is Principle => 'sentence' in one).map(definePrinciple),
  };
  if (plugins.buses.length + plugins.strategies.length + plugins.principles.length === 0)
    throw new InputError(
      `${file}: exports no bus, strategy or principle; export what defineBus, defineStrategy or definePrinciple returns`,
    );
  return plugins;
}

/** Imports the module in a process that can be stopped, so that one that never ends is an answer, too. */
async function tryLoading(file: string): Promise<void> {
  const code = `import { register } from 'node:module';
    register(${JSON.stringify(sharing)}, { data: ${JSON.stringify(import.meta.url)} });
    const say = (what) => process.stdout.write(JSON.stringify(what));
    import(${JSON.stringify(pathToFileURL(file).href)}).then(
      () => say({ name: 'loaded' }),
      (error) => say({
        name: error?.constructor?.name ?? 'Error',
        message: String(error?.message ?? error),
        place: /^file:\\S+:\\d+$/m.exec(error?.stack ?? '')?.[0],
      }),
    )`;
  const args = [...process.execArgv, '--input-type=module', '--eval', code];
  const said = await new Promise<string>((say) => {
    execFile(process.execPath, args, { timeout: LOADING_MS }, (error, out) => say(error?.killed ? neverEnds : out));
  });
  const start = said.lastIndexOf('{"name"');
  if (start < 0) throw new InputError(`${file}: ended the process while it was loaded; a plugin only exports`);
  const { name, message = '', place } = JSON.parse(said.slice(start)) as Answer;
  if (name === 'loaded') return;
  if (name === 'PluginError') throw new PluginError(`${file}: ${message}`);
  const where = place === undefined ? '' : ` (${fileURLToPath(place)})`;
  throw new InputError(`${file}: cannot be loaded as a plugin: ${message}${where}`);
}

interface Answer {
  readonly name: string;
  readonly message?: string;
  readonly place?: string;
}

const neverEnds = JSON.stringify({
  name: 'Error',
  message: `did not finish loading within ${LOADING_MS / 1000} s; a hook or the module never ends`,
});

function folderOf(name: string, from: string): string | undefined {
  for (const base of createRequire(join(from, 'package.json')).resolve.paths(name) ?? [])
    if (existsSync(join(base, name, 'package.json'))) return join(base, name);
  return undefined;
}

/** What a package's `exports`, or `main`, lead to. */
function entryOf(folder: string): string {
  const { exports, main } = packageAt(folder) ?? {};
  const target = conditions(exports) ?? (typeof main === 'string' ? main : 'index.js');
  return join(folder, target);
}

function conditions(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  const all = exports as Record<string, unknown>;
  return conditions(all['.'] ?? all['import'] ?? all['default']);
}

function packageAt(folder: string): Record<string, unknown> | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new InputError(`${file}: is no JSON (${(error as Error).message}); mend it, or run busward elsewhere`);
  }
}
