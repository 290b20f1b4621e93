import type { Bus } from './contract/bus.ts';
import { blamed, PluginError } from './plugin-error.ts';
import { kernelDriver, userDriver, type Device, type Facts, type ManagedDriver } from './machine.ts';

/**
 * A device on `bus` with what is not said filled in: the bus's example facts, a kernel driver, and the bus's VFIO
 * driver.
 */
export function device<B extends string, F extends Facts>(
  bus: Bus<B, F>,
  name: string,
  said: Partial<Omit<Device<B, F>, 'name' | 'bus' | 'facts'>> & { readonly facts?: Partial<F> } = {},
): Device<B, F> {
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
  const groups: Set<string>[] = [];
  for (const keys of keysOf) {
    if (keys.length === 0) continue;
    const touching = groups.filter((group) => keys.some((key) => group.has(key)));
    const merged = new Set([...keys, ...touching.flatMap((group) => [...group])]);
    groups.splice(0, groups.length, ...groups.filter((group) => !touching.includes(group)), merged);
  }
  const names = new Map<Set<string>, string>();
  return devices.map((one, at) => {
    const keys = keysOf[at]!;
    const group = groups.find((set) => keys.some((key) => set.has(key)));
    if (!group) return one;
    if (!names.has(group)) names.set(group, `group ${names.size}`);
    return { ...one, group: names.get(group)! };
  });
}
