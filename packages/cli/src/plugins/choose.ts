import {
  InputError,
  ofTwoRuns,
  profiles,
  withThoseOfProfiles,
  type Bus,
  type Principle,
  type Strategy,
} from '@busward/core';
import { nearest } from '@busward/scenario/nearest';
import { keepToOnce } from '../flags/keep-to-once.ts';
import { findPlugin, isPath, loadAs, noPluginAt, singular } from './load.ts';
import { builtIn, installedPlugins, withPlugins, type Plugins } from './plugins.ts';

/** What the flags name, out of what there is and what they load. */
export interface Chosen extends Plugins {
  /** Every bus there is, for reading machines. */
  readonly allBuses: readonly Bus[];
  /** Which of them are not what comes with the tool, in sentences. */
  readonly says: readonly string[];
  /** The file that a loaded one came from, by name. */
  readonly files: ReadonlyMap<string, string>;
}

export interface Choice {
  readonly bus?: readonly string[];
  readonly strategy?: readonly string[];
  readonly principle?: readonly string[];
}

/**
 * Resolves `--bus`, `--strategy` and `--principle`: the name of one, `BUS@VERSION` for what Linux had, or a path or
 * package that is loaded. Names select; nothing named means all that is built in or installed.
 * Throws an InputError that suggests the nearest name.
 */
export async function choosePlugins(choice: Choice): Promise<Chosen> {
  let all = await installedPlugins();
  const says: string[] = [];
  const files = new Map<string, string>();
  const named = { buses: [] as string[], strategies: [] as string[], principles: [] as string[] };
  for (const [kind, names] of [
    ['buses', choice.bus],
    ['strategies', choice.strategy],
    ['principles', choice.principle],
  ] as const)
    for (const name of names ?? []) {
      if (name === '')
        throw new InputError(`--${singular[kind]}: a name is empty; give ${kind}, with commas between them`);
      const [, base = name, version] = (kind === 'buses' && /^(.+)@([^@/]+)$/.exec(name)) || [];
      const known = all[kind].some((one) => nameOf(one) === base);
      const file = known ? undefined : findPlugin(base, process.cwd());
      if (file === undefined) {
        const one = find(kind, base, all[kind]);
        const then = version === undefined ? one : past(one as Bus, version, says);
        all = withPlugins(all, { ...none, [kind]: [then] });
        named[kind].push(nameOf(one));
        continue;
      }
      const loaded = await loadAs(kind, name, file);
      const replaced = loaded[kind].filter((one) => builtIn[kind].some((other) => nameOf(other) === nameOf(one)));
      says.push(
        `${loaded[kind].map(nameOf).join(', ')}: from ${base}${replaced.length > 0 ? ', not what comes with the tool' : ''}`,
      );
      const buses = version === undefined ? loaded.buses : loaded.buses.map((bus) => past(bus, version, says));
      all = withPlugins(all, { ...loaded, buses });
      named[kind].push(...loaded[kind].map(nameOf));
      for (const one of [...loaded.buses, ...loaded.strategies, ...loaded.principles]) files.set(nameOf(one), file);
    }
  for (const kind of ['buses', 'strategies', 'principles'] as const)
    keepToOnce(
      named[kind],
      (name) =>
        `two ${kind} are called '${name}'; a comparison has one of each name, so run it once for each, or rename one`,
    );
  const selected = <T extends Plugin>(from: readonly T[], names: readonly string[]): readonly T[] =>
    names.length === 0 ? from : from.filter((one) => names.includes(nameOf(one)));
  return {
    says,
    files,
    allBuses: all.buses,
    buses: selected(all.buses, named.buses),
    strategies: selected(all.strategies, named.strategies),
    principles: selected(all.principles, named.principles),
  };
}

function past(bus: Bus, version: string, says: string[]): Bus {
  const then = bus.at(version);
  says.push(`${bus.name}: as in Linux ${version} (${then.revision!.commit}, ${then.says})`);
  return then;
}

const none: Plugins = { buses: [], strategies: [], principles: [] };

type Plugin = Bus | Strategy | Principle;

const nameOf = (one: Plugin): string => ('id' in one ? one.id : one.name);

function find(kind: keyof typeof singular, name: string, all: readonly Plugin[]): Plugin {
  if (isPath(name)) throw new InputError(noPluginAt(name, `a ${singular[kind]}`));
  if (kind === 'principles' && ofTwoRuns.includes(name))
    throw new InputError(
      `principle '${name}' compares two runs; a single one is judged by ${all.map(nameOf).join(', ')}`,
    );
  const profile =
    kind === 'strategies' ? profiles.find((one) => [name, `linux@${name}`].includes(one.name)) : undefined;
  if (profile && !all.some((one) => nameOf(one) === name))
    throw new InputError(
      `'${profile.name}' is a profile, whose strategy is '${profile.strategy.name}': give that; ` +
        'check, run, replay, diff, matrix, convert and export take profiles, with the buses as they were then',
    );
  const others = kind === 'strategies' ? withThoseOfProfiles([]) : [];
  const found = [...all, ...others].find((one) => nameOf(one).toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = all.map(nameOf);
  throw new InputError(
    `no ${singular[kind]} '${name}'${nearest(name, names)} there are ${names.join(', ')} (busward ${kind}), or give a path or a package`,
  );
}
