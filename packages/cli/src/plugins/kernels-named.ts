import { InputError, type Strategy } from '@busward/core';
import { keepToOnce } from '../flags/keep-to-once.ts';
import { findPlugin, isPath, loadAs, noPluginAt } from './load.ts';

/** Kernels as they are called, and the strategies of those that were given as paths. */
export interface KernelsNamed {
  readonly names: readonly string[];
  readonly strategies: readonly Strategy[];
}

/**
 * Profiles, strategies or variants (`v8 but vfio.lastDevice=leaves`); a path stands for the strategies that it exports. Throws an
 * InputError for a path that there is not, or that exports none, and for a name that comes again.
 */
export async function kernelsNamed(given: readonly string[]): Promise<KernelsNamed> {
  const names: string[] = [];
  const strategies: Strategy[] = [];
  for (const name of given) {
    const [base, ...settings] = name.split(' but ');
    if (!isPath(base!)) {
      names.push(name);
      continue;
    }
    const file = findPlugin(base!, process.cwd());
    if (file === undefined) throw new InputError(noPluginAt(base!, 'a strategy'));
    const loaded = await loadAs('strategies', base!, file);
    strategies.push(...loaded.strategies);
    names.push(...loaded.strategies.map((one) => [one.name, ...settings].join(' but ')));
  }
  keepToOnce(names, (name) => `two kernels are called '${name}'; give one of each name, or rename one`);
  return { names, strategies };
}
