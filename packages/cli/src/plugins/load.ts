import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Bus,
  defineBus,
  definePrinciple,
  defineStrategy,
  InputError,
  isDefinedHere,
  PluginError,
  type Principle,
  type Strategy,
} from '@busward/core';
import { containedBus, containedPrinciple, containedStrategy } from './contained.ts';
import type { Plugins } from './plugins.ts';
import { sharedCore } from './shared-core.ts';
import { asEsModule, tryLoading } from './try-loading.ts';

/** The packages that a project depends on and that carry the keyword `busward-plugin`. */
export function pluginPackages(project: string): readonly { readonly name: string; readonly entry: string }[] {
  const own = packageAt(project);
  if (!own) return [];
  const names = Object.keys({ ...(own['dependencies'] as object), ...(own['devDependencies'] as object) });
  return names.flatMap((name) => {
    const folder = folderOf(name, project);
    const keywords = folder === undefined ? undefined : packageAt(folder)?.['keywords'];
    return folder !== undefined && Array.isArray(keywords) && keywords.includes('busward-plugin')
      ? [{ name, entry: entryOf(folder) }]
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

/** Whether what was named is meant as a path, and not as a package or a plugin's name. */
export const isPath = (named: string): boolean => /[/\\]|\.[cm]?[jt]s$/.test(named);

/** Why a path stands for nothing ({@link findPlugin}), and what to give. */
export const noPluginAt = (path: string, wanted: string): string =>
  `${path}: ${existsSync(path) ? 'a folder without a package, or whose entry is not there (is it built?)' : 'no such file'}; ` +
  `give the path of a module that exports ${wanted}`;

export const singular = { buses: 'bus', strategies: 'strategy', principles: 'principle' } as const;

/** {@link loadPlugins} of what was `named` as one of a kind. Throws an InputError, too, if it exports none of those. */
export async function loadAs(kind: keyof Plugins, named: string, file: string): Promise<Plugins> {
  const loaded = await loadPlugins(file);
  if (loaded[kind].length === 0) throw new InputError(`${named}: exports no ${singular[kind]}; it was given as one`);
  return loaded;
}

/**
 * Imports a module and takes every bus, strategy and principle it exports.
 * Throws an InputError for a file that cannot be imported or exports none, a PluginError for one that breaks the contract.
 */
export async function loadPlugins(file: string): Promise<Plugins> {
  await tryLoading(file);
  register(sharedCore, { data: import.meta.url });
  const exported = Object.values((await import(pathToFileURL(file).href)) as object);
  const all = [...new Set(exported)].filter((one): one is object => typeof one === 'object' && one !== null);
  const plugins = {
    buses: all.filter((one): one is Bus => 'dma_configure' in one).map((bus) => defined(bus, file)),
    strategies: all
      .filter((one): one is Strategy => 'ownership' in one)
      .map((one) => defineStrategy(containedStrategy(one))),
    principles: all
      .filter((one): one is Principle => 'sentence' in one)
      .map(definePrinciple)
      .map((one) => containedPrinciple(one)),
  };
  if (plugins.buses.length + plugins.strategies.length + plugins.principles.length === 0)
    throw new InputError(
      `${file}: exports no bus, strategy or principle; export what defineBus, defineStrategy or definePrinciple returns`,
    );
  return plugins;
}

/** A bus that only a copy of it was made of, or of no defineBus, is defined here; one that another core made is none. */
function defined(bus: Bus, file: string): Bus {
  const contained = containedBus(bus);
  if (!('callsUse' in bus)) return defineBus(contained);
  if (isDefinedHere(bus)) return Object.isFrozen(bus) ? contained : defineBus(contained);
  const change = isCommonJs(file) ? asEsModule : 'import it by that name, and do not bundle it';
  throw new PluginError(`${file}: bus '${bus.name}', defineBus: is that of another copy of @busward/core; ${change}`);
}

/** Of a module that is loaded. */
const isCommonJs = (file: string): boolean => createRequire(file).cache[realpathSync(file)] !== undefined;

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
  // In a clone what was edited counts, built or not; what is published has no such condition.
  return conditions(all['.'] ?? all['busward-source'] ?? all['import'] ?? all['default']);
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
