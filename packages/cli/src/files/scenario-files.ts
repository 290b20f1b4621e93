import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { count, InputError, type Strategy } from '@busward/core';
import { pluginOf, readScenario, type Scenario, type Vocabulary } from '@busward/scenario';
import { toldAs } from '@busward/topology';
import { findPlugin, loadPlugins } from '../plugins/load.ts';
import { installedPlugins, withPlugins, withStrategies } from '../plugins/plugins.ts';
import { filesBelow, isFolder } from './look.ts';
import { readText } from './read-text.ts';
import { standardInput } from './standard-input.ts';

/** What comes with the tool. */
export const shippedScenarios = fileURLToPath(new URL('../scenarios', import.meta.resolve('@busward/scenario')));

/** A scenario, and everything it can be checked with. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly vocabulary: Vocabulary;
  readonly text: string;
}

/** Scenario files of a path: itself, or those in a folder; also of those shipped, and `-`. Throws an InputError if there is none. */
export function scenarioFilesIn(named: string): readonly string[] {
  if (named === standardInput) return [named];
  const give = 'give scenario files (.yaml), or a folder of them';
  const shipped = join(shippedScenarios, named);
  const path = named !== '' && !existsSync(named) && existsSync(shipped) ? shipped : named;
  if (!isFolder(path, give)) {
    if (statSync(path).isFile() && !/\.ya?ml$/.test(path))
      throw new InputError(`${named}: is no scenario file (.yaml); of a machine, ask busward inspect or compare`);
    return [path];
  }
  const files = filesBelow(path, /\.ya?ml$/, give);
  if (files.length === 0) throw new InputError(`${path}: no scenario files there; they end in .yaml`);
  return files;
}

/** One scenario file. Throws an InputError for a folder, of which nobody knows which one is meant. */
export function scenarioFile(named: string): string {
  const [file, ...others] = scenarioFilesIn(named);
  if (file === standardInput) return file;
  const isNoFile = others.length > 0 || statSync(existsSync(named) ? named : file!).isDirectory();
  if (!isNoFile) return file!;
  throw new InputError(
    `${named}: a folder with ${count(others.length + 1, 'scenario file')}; give one file, as ${file}`,
  );
}

/** Reads a scenario file, and the plugin that it names; with strategies that are asked for beside those that there are. */
export async function loadScenario(path: string, also: readonly Strategy[] = []): Promise<LoadedScenario> {
  const inside = relative(shippedScenarios, path);
  // What was typed is told as it was typed.
  const named = !isAbsolute(path) || inside.startsWith('..') ? path : inside;
  const file = toldAs(named);
  const text = readText(path, 'give a scenario file');
  let vocabulary: Vocabulary = await installedPlugins();
  const plugin = pluginOf(text);
  if (plugin !== undefined) {
    const entry = findPlugin(plugin, resolve(dirname(path)));
    if (entry === undefined) throw new InputError(`${file}: load: no file '${plugin}' beside it`);
    vocabulary = withPlugins(vocabulary, await loadPlugins(entry));
  }
  vocabulary = withStrategies(vocabulary, also);
  return { scenario: readScenario(file, text, vocabulary), vocabulary, text };
}
