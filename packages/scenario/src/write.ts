import { describeOperation, isVfioDriver, type Bus, type Device, type Driver, type Machine } from '@busward/core';
import { stringify } from 'yaml';
import type { Actor, Expectation } from './scenario.ts';

/** What a scenario file is made of, where nobody writes it by hand. */
export interface Draft {
  readonly question: string;
  readonly sources: readonly string[];
  readonly machine: Machine;
  readonly before?: Actor['operations'];
  readonly actors: readonly Actor[];
  readonly kind: 'never' | 'sometimes' | 'always';
  readonly facts: readonly string[];
  readonly when?: readonly string[];
  readonly expect: readonly Expectation[];
}

/** A scenario file. */
export function writeScenario(draft: Draft, buses: readonly Bus[]): string {
  const { question, sources, machine, before = [], actors, kind, facts, when = [], expect } = draft;
  const verdicts = (['holds', 'fails'] as const).flatMap((verdict) => {
    const variants = expect.filter((one) => one.verdict === verdict).map(({ variant }) => variant);
    return variants.length > 0 ? [[verdict, variants] as const] : [];
  });
  const file = {
    question,
    sources,
    machine: machineSaid(machine, buses),
    ...(before.length > 0 && { before: before.map(describeOperation) }),
    actors: Object.fromEntries(actors.map(({ name, operations }) => [name, operations.map(describeOperation)])),
    ...(when.length > 0 && { when }),
    [kind]: facts,
    expect: Object.fromEntries(verdicts),
  };
  return stringify(file, { lineWidth: 118, flowCollectionPadding: true });
}

function machineSaid(machine: Machine, buses: readonly Bus[]) {
  const groups = machine.groups.map((group) => [
    group,
    machine.devices.filter((device) => device.group === group).map(({ name }) => name),
  ]);
  const drivers = driversSaid(machine, buses);
  const { auto } = machine.types ?? {};
  const types = new Set(Object.values(machine.types?.now ?? {}));
  return {
    devices: Object.fromEntries(machine.devices.map((device) => [device.name, deviceSaid(device, drivers, buses)])),
    groups: Object.fromEntries(groups) as Record<string, string[]>,
    drivers,
    users: Object.fromEntries(machine.users.map(({ name, through }) => [name, through])),
    ...(machine.iommu === 'later' && { iommu: machine.iommu }),
    ...(machine.testRemove && { testRemove: true }),
    ...(machine.withoutOps && { withoutOps: machine.withoutOps }),
    ...(machine.overrides && { overrides: machine.overrides }),
    ...(types.size === 1 && { type: [...types][0], ...(auto !== 'DMA' && { autoType: auto }) }),
  };
}

function deviceSaid(device: Device, drivers: Readonly<Record<string, DriverSaid>>, buses: readonly Bus[]) {
  const { bus, facts, joins, joined, direct, bridge, absent, sameStreamAs, returnsAs, failsToAttach, name } = device;
  const usual = buses.find((one) => one.name === bus)?.example(name);
  const own = unknownDrivers(device, buses).filter(
    (driver) => JSON.stringify(driverSaid(driver)) !== JSON.stringify(drivers[driver.name]),
  );
  const said = {
    ...(own.length > 0 && { drivers: Object.fromEntries(own.map((driver) => [driver.name, driverSaid(driver)])) }),
    ...(JSON.stringify(facts) !== JSON.stringify(usual) && { facts }),
    ...(joins !== 'when added' && { joins }),
    ...(joined && { joined }),
    ...(direct && { direct }),
    ...(bridge && { bridge }),
    ...(failsToAttach && { failsToAttach }),
    ...(absent && { absent }),
    ...(sameStreamAs !== undefined && { sameStreamAs }),
    ...(returnsAs !== undefined && { returnsAs }),
  };
  return Object.keys(said).length === 0 ? bus : { bus, ...said };
}

/** What a file says of drivers for the whole machine: of each, what is true of the first device that has it. */
function driversSaid({ devices }: Machine, buses: readonly Bus[]): Readonly<Record<string, DriverSaid>> {
  const said = new Map<string, DriverSaid>();
  for (const device of devices)
    for (const driver of unknownDrivers(device, buses))
      if (!said.has(driver.name)) said.set(driver.name, driverSaid(driver));
  return Object.fromEntries(said);
}

const unknownDrivers = ({ bus, drivers }: Device, buses: readonly Bus[]): readonly Driver[] => {
  const known = buses.find((one) => one.name === bus)?.managedDrivers ?? [];
  return drivers.filter((driver) => !known.some(({ name }) => name === driver.name));
};

type DriverSaid = ReturnType<typeof driverSaid>;

function driverSaid(driver: Driver) {
  const is = isVfioDriver(driver) ? 'user' : driver.managesDma ? 'stub' : 'kernel';
  const { failsAt, failsWith } = driver;
  const ownDomain = driver.managesDma ? undefined : driver.ownDomain;
  const more = {
    ...(failsAt && { failsAt }),
    ...(failsWith && { failsWith }),
    ...(ownDomain !== undefined && { ownDomain }),
  };
  return Object.keys(more).length === 0 ? is : { is, ...more };
}
