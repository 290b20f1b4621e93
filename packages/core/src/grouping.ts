import type { Bus } from './contract/bus.ts';
import { strayPart } from './contract/stray-part.ts';
import { InputError } from './input-error.ts';
import { blamed, PluginError } from './plugin-error.ts';
import { kernelDriver, userDriver, type Device, type Facts, type ManagedDriver } from './machine.ts';

/**
 * A device on `bus` with what is not said filled in: the bus's example facts, a kernel driver, and the bus's VFIO
 * driver. Throws an {@link InputError} for what is said and means nothing.
 */
export function device<B extends string, F extends Facts>(
  bus: Bus<B, F>,
  name: string,
  said: Partial<Omit<Device<B, F>, 'name' | 'bus' | 'facts'>> & { readonly facts?: Partial<F> } = {},
): Device<B, F> {
  const stray = strayPart(said, parts);
  if (stray !== undefined) throw new InputError(`device '${name}' ${stray}`);
  return {
    joins: 'when added',
    direct: false,
    bridge: false,
    drivers: [kernelDriver('kernel-driver'), vfioDriverOf(bus)],
    ...said,
    name,
    bus: bus.name,
    facts: { ...bus.example(name), ...said.facts },
  };
}

const parts = Object.keys({
  name: true,
  bus: true,
  facts: true,
  group: true,
  joins: true,
  joined: true,
  sameStreamAs: true,
  absent: true,
  returnsAs: true,
  direct: true,
  failsToAttach: true,
  bridge: true,
  drivers: true,
} satisfies Record<keyof Device, true>);

/** The bus's VFIO driver, or one that could be, where upstream has none. */
export const vfioDriverOf = ({ name, managedDrivers }: Pick<Bus, 'name' | 'managedDrivers'>): ManagedDriver =>
  managedDrivers.find((one) => one.forUser) ?? userDriver(`vfio-${name}`);

/**
 * Puts devices into groups by their buses' own rules: two devices that share an isolation key share a group, across
 * buses too, since an SMMU sees stream ids and no buses. A device without a key gets no group. Groups are numbered in
 * order of their first device.
 */
export function groupDevices(devices: readonly Device[], buses: readonly Bus[]): readonly Device[] {
  const byName = new Map(buses.map((bus) => [bus.name, bus]));
  const keysOf = devices.map((one) => {
    const bus = byName.get(one.bus);
    if (!bus) return [];
    const keys: unknown = blamed(`bus '${bus.name}', isolation`, () => bus.isolation(one));
    if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return keys;
    throw new PluginError(
      `bus '${bus.name}', isolation: returned ${JSON.stringify(keys)} for ${one.name}; return a list of strings, [] for no group`,
    );
  });
  // Each key leads to its group's first key, over a few others (union-find): a board can have thousands of devices.
  const firstOf = new Map<string, string>();
  const first = (key: string): string => {
    let at = key;
    for (let next = firstOf.get(at)!; next !== at; next = firstOf.get(at)!) {
      firstOf.set(at, firstOf.get(next)!);
      at = next;
    }
    return at;
  };
  for (const [leader, ...others] of keysOf) {
    if (leader === undefined) continue;
    for (const key of [leader, ...others]) if (!firstOf.has(key)) firstOf.set(key, key);
    for (const key of others) firstOf.set(first(key), first(leader));
  }
  const names = new Map<string, string>();
  return devices.map((one, at) => {
    const [leader] = keysOf[at]!;
    if (leader === undefined) return one;
    const group = first(leader);
    if (!names.has(group)) names.set(group, `group ${names.size}`);
    return { ...one, group: names.get(group)! };
  });
}
