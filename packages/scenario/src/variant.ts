import {
  isVfioDriver,
  profiles,
  revisionIn,
  surroundingValues,
  withThoseOfProfiles,
  type Bus,
  type Driver,
  type Machine,
  type Strategy,
  type Surroundings,
} from '@busward/core';
import { noSuch } from './nearest.ts';
import type { Vocabulary } from './scenario.ts';

/** A kernel to carry a scenario out under: a profile or a strategy, and what is otherwise in it. */
export interface Variant {
  readonly name: string;
  readonly strategy: Strategy;
  /** The machine's buses, in the revisions that this kernel has. Throws where a bus does not go back so far. */
  busesOf(machine: { readonly devices: readonly { readonly bus: string }[] }): readonly Bus[];
  /** Every bus that goes back so far. */
  everyBus(): readonly Bus[];
  /** The machine as this kernel sees it: which of its drivers set driver_managed_dma. */
  machineOf(machine: Machine): Machine;
  /** The drivers that do not set it here, whatever they do elsewhere. */
  readonly unmanaged: readonly string[];
}

/**
 * Reads `linux@6.12`, `v8`, or either `but` with other settings: `v8 but vfio.lastDevice=leaves` (of the surroundings),
 * `linux@7.3 but platform=6.15` (a bus as in another Linux), `linux@6.1 but fsl-pci.driver_managed_dma=no`.
 * Throws an Error that says what there is.
 */
export function variantOf(name: string, { strategies, buses }: Vocabulary): Variant {
  const [, base = name, but] = /^(.*?)(?: but (.*))?$/.exec(name)!;
  const strategy = withThoseOfProfiles(strategies).find((one) => one.name === base);
  const profile = profiles.find((one) => one.name === base);
  if (!profile && !strategy)
    throw new Error(
      noSuch(
        'profile or strategy',
        base,
        [...profiles, ...strategies].map((one) => one.name),
      ),
    );
  let kernel: Strategy = profile?.strategy ?? strategy!;
  const revised = new Map<string, string>();
  const unmanaged: string[] = [];
  for (const setting of but?.split(', ') ?? []) {
    const [, key = '', value = ''] = /^(.+?)=(.+)$/.exec(setting) ?? [];
    const [, left, right] = /^(.+)\.([^.]+)$/.exec(key) ?? [];
    const bus = buses.find((one) => one.name === key);
    if (bus) revised.set(key, value);
    else if (right === 'driver_managed_dma' && value === 'no') unmanaged.push(left!);
    else if (left !== undefined && left in surroundingValues)
      kernel = withSetting(kernel, left as keyof Surroundings, right!, value);
    else throw new Error(`'${setting}' is no setting; write ${forms.join(', ')}`);
  }
  const asHere = (bus: Bus): Bus => {
    const version = revised.get(bus.name) ?? profile?.version;
    return version === undefined ? bus : bus.at(version);
  };
  return {
    name,
    strategy: kernel,
    unmanaged,
    busesOf: ({ devices }) => buses.filter((bus) => devices.some((device) => device.bus === bus.name)).map(asHere),
    everyBus: () =>
      buses
        .filter((bus) => revised.has(bus.name) || !profile || revisionIn(bus, profile.version) !== undefined)
        .map(asHere),
    machineOf: (machine) => ({
      ...machine,
      devices: machine.devices.map((device) => ({
        ...device,
        drivers: device.drivers.map((driver): Driver =>
          unmanaged.includes(driver.name)
            ? { name: driver.name, managesDma: false, ...(isVfioDriver(driver) ? { forUser: true } : { idle: true }) }
            : driver,
        ),
      })),
    }),
  };
}

/** {@link variantOf}, for machines of which one at least has the drivers that it names. Throws an Error for one that is in none. */
export function variantFor(name: string, known: Vocabulary, machines: readonly Machine[]): Variant {
  const variant = variantOf(name, known);
  const devices = machines.flatMap((one) => one.devices);
  const drivers = [...new Set(devices.flatMap((device) => device.drivers.map((driver) => driver.name)))];
  const missing = variant.unmanaged.find((one) => !drivers.includes(one));
  if (missing !== undefined) throw new Error(noSuch('driver', missing, drivers));
  return variant;
}

function withSetting(strategy: Strategy, area: keyof Surroundings, setting: string, text: string): Strategy {
  const known = surroundingValues[area] as Readonly<Record<string, readonly (string | boolean)[]>>;
  const choices = known[setting];
  if (!choices) throw new Error(noSuch(`setting of ${area}`, setting, Object.keys(known)));
  const value = choices.find((one) => String(one) === text);
  if (value === undefined) throw new Error(noSuch(`value of ${area}.${setting}`, text, choices.map(String)));
  const { surroundings } = strategy;
  return { ...strategy, surroundings: { ...surroundings, [area]: { ...surroundings[area], [setting]: value } } };
}

const forms = ['AREA.SETTING=VALUE', 'BUS=VERSION', 'DRIVER.driver_managed_dma=no'];
