import {
  device,
  kernelDriver,
  stubDriver,
  userDriver,
  type Bus,
  type Device,
  type Driver,
  type Facts,
} from '@busward/core';
import { noSuch } from './nearest.ts';
import type { Path, PlacedFile } from './place.ts';
import type { ScenarioFile } from './schema.ts';

type Devices = ScenarioFile['machine']['devices'];
type Drivers = ScenarioFile['machine']['drivers'];
type DriverAbout = Exclude<Drivers[string], string>;

/**
 * A device that a file describes: with the drivers its bus knows, those of the machine, and what is different about them
 * on this device. Throws an InputError at what is not known, or means nothing.
 */
export function readDevice(
  name: string,
  all: Devices,
  ofMachine: readonly Driver[],
  buses: readonly Bus[],
  placed: PlacedFile,
): Device {
  const { wrong } = placed;
  const said = all[name]!;
  const { bus: busName, drivers: own = {}, ...about } = typeof said === 'string' ? { bus: said } : said;
  const bus = buses.find((one) => one.name === busName);
  if (!bus) {
    const known = buses.map((one) => one.name);
    throw wrong(['machine', 'devices', name, 'bus'], noSuch('bus', busName, known));
  }
  for (const key of ['sameStreamAs', 'returnsAs'] as const) {
    const other = about[key];
    const others = Object.keys(all).filter((one) => one !== name);
    if (other !== undefined && !others.includes(other))
      throw wrong(['machine', 'devices', name, key], noSuch('other device', other, others));
  }
  if (about.joined && about.joins !== 'at first bind') {
    const why = 'what joins when it is added has joined; say `joins: at first bind`, or leave it out';
    throw wrong(['machine', 'devices', name, 'joined'], why, 'key');
  }
  const made = device<string, Facts>(bus, name, {
    ...(about as Partial<Device>),
    drivers: overridden(
      bus.managedDrivers,
      overridden(ofMachine, driversSaid(own, ['machine', 'devices', name, 'drivers'], placed)),
    ),
  });
  const known = factsThat(bus, made);
  const idle = Object.keys(about.facts ?? {}).find((fact) => !known.includes(fact));
  if (idle !== undefined)
    throw wrong(['machine', 'devices', name, 'facts', idle], noSuch(`fact of bus '${busName}'`, idle, known), 'key');
  return made;
}

/** The facts that a bus has an example of, or looks at: what it never asks for means nothing to it. */
function factsThat(bus: Bus, made: Device): readonly string[] {
  const asked = new Set(Object.keys(bus.example(made.name)));
  const facts = new Proxy(made.facts, {
    get(all, fact) {
      if (typeof fact === 'string') asked.add(fact);
      return all[fact as string];
    },
  });
  const watched = { ...made, facts };
  bus.isolation(watched);
  bus.firmware(watched);
  bus.role?.(watched);
  return [...asked];
}

/** The drivers that are described at a place of the file. Throws an InputError at what means nothing. */
export const driversSaid = (said: Drivers, at: Path, { wrong }: PlacedFile): readonly Driver[] =>
  Object.entries(said).map(([name, what]) => {
    const { is, ...about }: DriverAbout = typeof what === 'string' ? { is: what } : what;
    if (is !== 'kernel' && about.ownDomain) {
      const why = 'only a driver that uses the DMA API has a domain of its own; say `is: kernel`, or leave it out';
      throw wrong([...at, name, 'ownDomain'], why, 'key');
    }
    if (about.failsWith && !about.failsAt)
      throw wrong(
        [...at, name, 'failsWith'],
        'nothing says where it fails; say `failsAt`, too, or leave it out',
        'key',
      );
    const make = { kernel: kernelDriver, stub: stubDriver, user: userDriver }[is];
    return { ...make(name), ...about } as Driver;
  });

const overridden = (drivers: readonly Driver[], by: readonly Driver[]): readonly Driver[] => [
  ...by,
  ...drivers.filter((driver) => !by.some(({ name }) => name === driver.name)),
];
