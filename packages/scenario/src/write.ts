import { describeOperation, type Bus, type Device, type Driver, type Machine } from '@busward/core';
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

/** A scenario file. Throws an Error for a machine that a file cannot say: two drivers of one name that differ. */
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
  const types = new Set(Object.values(machine.types?.now ?? {}));
  return {
    devices: Object.fromEntries(machine.devices.map((device) => [device.name, deviceSaid(device, buses)])),
    groups: Object.fromEntries(groups) as Record<string, string[]>,
    drivers: driversSaid(machine, buses),
    users: Object.fromEntries(machine.users.map(({ name, through }) => [name, through])),
    ...(machine.iommu === 'later' && { iommu: machine.iommu }),
    ...(machine.testRemove && { testRemove: true }),
    ...(machine.withoutOps && { withoutOps: machine.withoutOps }),
    ...(types.size === 1 && { type: [...types][0] }),
    ...(machine.types && machine.types.auto !== 'DMA' && { autoType: machine.types.auto }),
  };
}

function deviceSaid(device: Device, buses: readonly Bus[]) {
  const { bus, facts, joins, joined, direct, bridge, absent, sameStreamAs, returnsAs, failsToAttach, name } = device;
  const usual = buses.find((one) => one.name === bus)?.example(name);
  const said = {
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

function driversSaid({ devices }: Machine, buses: readonly Bus[]): Readonly<Record<string, unknown>> {
  const said = new Map<string, string>();
  for (const { bus, drivers } of devices)
    for (const driver of drivers) {
      const known = buses.find((one) => one.name === bus)?.managedDrivers.some(({ name }) => name === driver.name);
      if (known) continue;
      const about = JSON.stringify(driverSaid(driver));
      if ((said.get(driver.name) ?? about) !== about)
        throw new Error(`driver '${driver.name}' is not the same on every device, which a scenario file cannot say`);
      said.set(driver.name, about);
    }
  return Object.fromEntries([...said].map(([name, about]) => [name, JSON.parse(about) as unknown]));
}

function driverSaid(driver: Driver) {
  const is = driver.managesDma ? (driver.forUser ? 'user' : 'stub') : 'kernel';
  const { failsAt, failsWith } = driver;
  const ownDomain = driver.managesDma ? undefined : driver.ownDomain;
  const more = {
    ...(failsAt && { failsAt }),
    ...(failsWith && { failsWith }),
    ...(ownDomain !== undefined && { ownDomain }),
  };
  return Object.keys(more).length === 0 ? is : { is, ...more };
}
