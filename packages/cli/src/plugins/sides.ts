import { InputError, profiles, withThoseOfProfiles, type Bus } from '@busward/core';
import type { Pair, Side } from '@busward/explorer';
import { variantOf, type Variant } from '@busward/scenario';
import { nearest, noSuch } from '@busward/scenario/nearest';
import { asInput, soonAsInput } from '../as-input.ts';
import { findPlugin, isPath, loadPlugins, noPluginAt } from './load.ts';
import { withPlugins, type Plugins } from './plugins.ts';

/** Two things to compare, of one kind: two buses under one kernel, or two kernels. */
export interface Sides {
  readonly sides: Pair<Side>;
  /** The bus that the devices in question are on, for each side. */
  readonly buses: Pair<Bus>;
  /** Two kernels have every bus of a machine that is given; two buses take each other's place there. */
  readonly kind: 'buses' | 'kernels';
  readonly says: readonly string[];
}

/** What two names mean, beside what the flags say. */
export interface Named {
  readonly names: Pair<string>;
  /** The kernel that two buses are compared under: a profile, strategy or variant. */
  readonly kernel: string;
  /** The bus whose devices two kernels are compared on. */
  readonly bus: string;
}

/** What a bus is called when it is taken without its refinement. */
export const UNREFINED = 'unrefined';

/**
 * Resolves `platform`, `platform@6.14`, `platform@95deee37a123`, `host1x@unrefined`, a path or package of a bus; or
 * `linux@6.12`, `v8`, `v8 but vfio.lastDevice=leaves`, a path of a strategy. Throws an InputError that suggests the nearest
 * name, or says why the two cannot be compared.
 */
export async function sidesOf({ names, kernel, bus }: Named, installed: Plugins): Promise<Sides> {
  // Each by itself: two files may have one name for what they export.
  const first = await resolve(names[0], installed);
  const second = await resolve(names[1], installed);
  if (first.kind === 'bus' && second.kind === 'bus') {
    const under = ({ plugins }: Loaded): Variant => asInput('--kernel', () => variantOf(kernel, plugins));
    const variants: Pair<Variant> = [under(first), under(second)];
    const buses: Pair<Bus> = [first.bus(variants[0]), second.bus(variants[1])];
    return {
      kind: 'buses',
      buses,
      sides: [sideOf(names[0], variants[0], buses[0]), sideOf(names[1], variants[1], buses[1])],
      says: [
        `both under ${variants[0].name}: ${variants[0].strategy.says}`,
        ...buses.map((one, at) => aboutBus(names[at]!, one)),
      ],
    };
  }
  if (first.kind === 'bus' || second.kind === 'bus')
    throw new InputError(
      `'${names[0]}' is a ${first.kind} and '${names[1]}' a ${second.kind}; give two buses, or two strategies or profiles`,
    );
  const both = withPlugins(first.plugins, second.plugins);
  const chosen = await soonAsInput('--bus', () => resolve(bus, both, 'bus'));
  if (chosen.kind !== 'bus') throw new InputError(`--bus: '${bus}' is no bus; there are ${list(both.buses)}`);
  const variants: Pair<Variant> = [first.variant(chosen.plugins), second.variant(chosen.plugins)];
  const buses: Pair<Bus> = [chosen.bus(variants[0]), chosen.bus(variants[1])];
  return {
    kind: 'kernels',
    buses,
    sides: [sideOf(names[0], variants[0], buses[0]), sideOf(names[1], variants[1], buses[1])],
    says: variants.map(({ strategy }, at) => `${names[at]}: ${strategy.says}`),
  };
}

type Loaded =
  | { readonly kind: 'bus'; readonly plugins: Plugins; bus(under: Variant): Bus }
  | { readonly kind: 'strategy or profile'; readonly plugins: Plugins; variant(plugins: Plugins): Variant };

async function resolve(name: string, plugins: Plugins, only?: 'bus'): Promise<Loaded> {
  if (isKernel(name, plugins))
    return { kind: 'strategy or profile', plugins, variant: (all) => asInput(name, () => variantOf(name, all)) };
  const [, before = name, version] = /^(.+)@([^@/]+)$/.exec(name) ?? [];
  const known = plugins.buses.find((one) => one.name === before);
  if (known) return ofBus(known, plugins, version);
  const file = findPlugin(before, process.cwd());
  if (file === undefined) throw new InputError(unknown(name, before, plugins, only));
  const loaded = await loadPlugins(file);
  const all = withPlugins(plugins, loaded);
  const [bus] = loaded.buses;
  const [strategy] = loaded.strategies;
  if (bus) return ofBus(bus, all, version);
  if (!strategy) throw new InputError(`${name}: exports neither a bus nor a strategy; export what defineBus returns`);
  return {
    kind: 'strategy or profile',
    plugins: all,
    variant: (more) => variantOf(strategy.name, withPlugins(more, loaded)),
  };
}

/** A profile or strategy, or a variant of one. */
export const isKernel = (name: string, { strategies }: Plugins): boolean =>
  [...profiles, ...withThoseOfProfiles(strategies)].some((one) => one.name === name.split(' but ')[0]);

/** Without a version it is as the kernel has it: a profile's revision, or the contract's form. */
function ofBus(bus: Bus, plugins: Plugins, version: string | undefined): Loaded {
  const exact = version === undefined ? undefined : version === UNREFINED ? unrefined(bus) : bus.at(version);
  return { kind: 'bus', plugins, bus: (under) => exact ?? under.busesOf({ devices: [{ bus: bus.name }] })[0]! };
}

/** The bus without its refinement. */
function unrefined(bus: Bus): Bus {
  if (!bus.refine)
    throw new InputError(
      `bus '${bus.name}' has no refinement to be taken without; give another bus, as in busward diff ${bus.name} ${bus.name === 'platform' ? 'pci' : 'platform'}`,
    );
  const { refine: _, ...plain } = bus;
  return Object.freeze({ ...plain, says: `${bus.says}; without its refinement` });
}

function sideOf(name: string, variant: Variant, bus: Bus): Side {
  // A bus that this kernel did not have yet is no side's business.
  const there = variant.everyBus().filter((one) => one.name !== bus.name);
  return { name, strategy: variant.strategy, buses: [bus, ...there] };
}

function aboutBus(name: string, { name: bus, says, asIn, revision }: Bus): string {
  const what = revision ? `${bus} as in Linux ${asIn} (${revision.commit}, ${revision.says})` : `${bus}: ${says}`;
  return name === bus ? what : `${name}: ${what}`;
}

const list = (all: readonly { readonly name: string }[]): string => all.map(({ name }) => name).join(', ');

function unknown(name: string, base: string, { buses, strategies }: Plugins, only?: 'bus'): string {
  if (isPath(base)) return noPluginAt(base, 'a bus or a strategy');
  if (only)
    return `${noSuch(
      'bus',
      name,
      buses.map((one) => one.name),
    )}; or give a path or a package`;
  const names = [...buses, ...strategies, ...profiles].map((one) => one.name);
  return (
    `no bus, strategy or profile '${name}'${nearest(base, names)} buses: ${list(buses)}; strategies: ` +
    `${list(strategies)}; profiles: ${list(profiles)}; or give a path or a package`
  );
}
