import { join } from 'node:path';
import { amba } from '@busward/amba';
import {
  InputError,
  PluginError,
  principles,
  strategies,
  type Bus,
  type Principle,
  type Strategy,
} from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { host1x } from '@busward/host1x';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { loadPlugins, pluginPackages } from './load.ts';

export interface Plugins {
  readonly buses: readonly Bus[];
  readonly strategies: readonly Strategy[];
  readonly principles: readonly Principle[];
}

/** What comes with the tool. */
export const builtIn: Plugins = {
  buses: [amba, platform, fslMc, pci, host1x],
  strategies,
  principles,
};

/**
 * What there is: built in, and from the packages that the project in the working directory depends on and that carry
 * the keyword `busward-plugin`. A plugin takes the place of a built-in one of its name. `attempt` may go on where one is broken.
 */
export async function installedPlugins(
  attempt: (load: () => Promise<void>) => Promise<unknown> = (load) => load(),
): Promise<Plugins> {
  let all = builtIn;
  const project = process.cwd();
  for (const { name, entry } of pluginPackages(project))
    await attempt(async () => {
      all = withPlugins(all, await loadInstalled(name, entry, project));
    });
  return all;
}

/** Nobody named it on the command line, so the message says where it comes from. */
async function loadInstalled(name: string, entry: string, project: string): Promise<Plugins> {
  try {
    return await loadPlugins(entry);
  } catch (error) {
    if (!(error instanceof InputError || error instanceof PluginError)) throw error;
    throw new InputError(
      `${error.message}; it is loaded since ${join(project, 'package.json')} depends on ${name}: ` +
        'mend it, take it out there, or run busward in another folder',
    );
  }
}

export function withPlugins(before: Plugins, more: Plugins): Plugins {
  const put = <T>(old: readonly T[], added: readonly T[], nameOf: (one: T) => string): readonly T[] => [
    ...old.map((one) => added.find((other) => nameOf(other) === nameOf(one)) ?? one),
    ...added.filter((one) => !old.some((other) => nameOf(other) === nameOf(one))),
  ];
  return {
    buses: put(before.buses, more.buses, (bus) => bus.name),
    strategies: put(before.strategies, more.strategies, (strategy) => strategy.name),
    principles: put(before.principles, more.principles, (principle) => principle.id),
  };
}

export const withStrategies = <P extends Plugins>(before: P, more: readonly Strategy[]): P => ({
  ...before,
  strategies: withPlugins(before, { buses: [], strategies: more, principles: [] }).strategies,
});
