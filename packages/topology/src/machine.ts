import {
  blamed,
  type Bus,
  type Device,
  type Driver,
  count,
  InputError,
  kernelDriver,
  machine,
  type Machine,
  PluginError,
  type Recognition,
  vfioDriverOf,
} from '@busward/core';
import { isBridge } from './bridge.ts';
import { few } from './collect.ts';
import type { FoundDevice, FoundMachine } from './found.ts';
import { groupsTold, toTellGroups } from './groups-told.ts';
import { sameDriver } from './same-driver.ts';

/** A machine to explore, and what had to be left out or supposed to have it. */
export interface MachineToExplore {
  readonly machine: Machine;
  readonly says: readonly string[];
}

/** Which plugin a device belongs to. */
export interface Recognised {
  readonly bus: Bus;
  readonly recognition: Recognition<never>;
}

interface Known extends Recognised {
  readonly device: FoundDevice;
  readonly group: string;
}

/**
 * The machine to explore that was found. Sources name one driver of a device at most: the other one that each device
 * gets is a kernel driver if the named one manages DMA itself, else a VFIO driver. A device that joined its group while
 * a driver was being bound joins at its first bind. Devices that no plugin recognises, or whose group nothing tells, are
 * left out, and said.
 * Throws an InputError if nothing is left.
 */
export function machineOf(found: FoundMachine, buses: readonly Bus[]): MachineToExplore {
  const files = found.sources.map(({ file }) => file).join(', ');
  const recognised = found.devices.map((device) => ({ device, known: recognise(device, buses) }));
  const unknown = recognised.filter(({ known }) => known === undefined).map(({ device }) => device);
  if (unknown.length === found.devices.length)
    throw new InputError(
      `${files}: of ${count(found.devices.length, 'device')} none is on a bus with a plugin; there are ${buses.map((bus) => bus.name).join(', ')}`,
    );
  const onBuses = recognised.flatMap(({ device, known }) => (known ? [{ device, ...known }] : []));
  const members = onBuses.flatMap((one): Known[] =>
    typeof one.device.group?.is === 'string' ? [{ ...one, group: one.device.group.is }] : [],
  );
  const without = onBuses.filter(({ device }) => device.group?.is === null).map(({ device }) => device.name);
  const untold = onBuses.filter(({ device }) => device.group === undefined).map(({ device }) => device.name);
  if (members.length === 0)
    throw new InputError(
      groupsTold(found) === 'nothing'
        ? `${files}: nothing tells the IOMMU group of any of its devices (${found.devices.length}); ${toTellGroups}`
        : `${files}: of ${count(found.devices.length, 'device')} none is in an IOMMU group; is the IOMMU switched on (in the firmware, and with intel_iommu=on on Intel machines)?`,
    );
  const guessed = members.filter(({ recognition, device }) => !recognition.sure && device.bus === undefined);
  const ofLogs = found.sources.every(({ as }) => as.join() === 'boot log');
  const told = members.filter(({ device }) => typeof device.driver?.is === 'string').length;
  const untimed = members.filter(({ device }) => device.joins === undefined).length;
  return {
    machine: machine(found.name, { devices: members.map((member) => deviceOf(member, found)) }),
    says: [
      `drivers: ${told} of ${members.length} devices have one named in ${ofLogs ? 'the log' : 'what was read'}; each also gets ` +
        `one that ${ofLogs ? 'the log' : 'it'} does not tell, so that it has a kernel driver and one that manages DMA itself`,
      ...(untimed > 0
        ? [
            `nothing tells when ${untimed} of ${members.length} devices join their groups: supposed, when they are added`,
          ]
        : []),
      ...(guessed.length > 0
        ? [
            `taken to be on ${[...new Set(guessed.map(({ bus }) => bus.name))].join(', ')}, since no bus is sure of the name: ${few(guessed.map(({ device }) => device.name))}`,
          ]
        : []),
      ...leftOut(unknown),
      ...(untold.length > 0 ? [`left out, since nothing tells their groups: ${few(untold)}`] : []),
      ...(without.length > 0 ? [`left out, since they have no group: ${few(without)}`] : []),
      ...contradicted(found),
      ...found.says,
      ...unreadLines(found),
    ],
  };
}

/** Which plugin knows a device by its name, its bus and its driver; absent: none. One that is sure goes first. */
export function recognise(device: FoundDevice, buses: readonly Bus[]): Recognised | undefined {
  const bus = device.bus?.is;
  const asked = bus === undefined ? buses : buses.filter(({ name }) => name === bus);
  for (const prefix of new Set([device.driver?.is ?? bus ?? '', bus ?? ''])) {
    const answers = asked.flatMap((one) => {
      const recognition = blamed(`bus '${one.name}', recognise`, () => one.recognise(device.name, prefix));
      if (recognition && typeof recognition.facts !== 'object')
        throw new PluginError(
          `bus '${one.name}', recognise: returned no facts for ${device.name}; return { facts, sure }, or undefined`,
        );
      return recognition ? [{ bus: one, recognition: recognition as Recognition<never> }] : [];
    });
    const answer = answers.find(({ recognition }) => recognition.sure) ?? answers[0];
    if (answer) return answer;
  }
  return undefined;
}

function leftOut(devices: readonly FoundDevice[]): readonly string[] {
  const busOf = ({ bus }: FoundDevice): string => bus?.is ?? 'an unknown bus';
  return [...new Set(devices.map(busOf))].map((bus) => {
    const names = devices.filter((device) => busOf(device) === bus).map(({ name }) => name);
    return `left out, for want of a plugin for ${bus}: ${few(names)}`;
  });
}

function contradicted({ contradictions }: FoundMachine): readonly string[] {
  const facts = [...new Set(contradictions.map(({ fact }) => fact))];
  return facts.map((fact) => {
    const about = contradictions.filter((one) => one.fact === fact);
    const [{ device, first, second }] = about as [(typeof about)[0]];
    const where = ({ file, line, at }: typeof first.from): string =>
      [file, line ?? at].filter((one) => one !== undefined).join(':');
    return (
      `${about.length === 1 ? 'a contradiction' : `${about.length} contradictions, the first`}: ${device === undefined ? '' : `${device}, `}` +
      `${fact} ${String(first.is)} (${where(first.from)}) and ${String(second.is)} (${where(second.from)})`
    );
  });
}

function unreadLines({ unread }: FoundMachine): readonly string[] {
  const files = [...new Set(unread.map(({ file }) => file))];
  return files.map((file) => {
    const places = unread.filter((one) => one.file === file).map(({ line, at }) => String(line ?? at));
    return `not read, since they are cut or mixed up: lines ${few(places)} of ${file}`;
  });
}

function deviceOf({ device, bus, recognition, group }: Known, found: FoundMachine): Device {
  return {
    name: device.name,
    bus: bus.name,
    group: `group ${group}`,
    facts: recognition.facts,
    joins: device.joins?.is ?? 'when added',
    direct: device.direct?.is ?? found.groups[group]?.direct?.is ?? false,
    bridge: isBridge(device, recognition),
    drivers: driversOf(device.driver?.is ?? undefined, bus),
  };
}

function driversOf(named: string | undefined, bus: Bus): readonly Driver[] {
  const forUser = vfioDriverOf(bus);
  if (named === undefined) return [kernelDriver('kernel-driver'), forUser];
  const managed = bus.managedDrivers.find((driver) => sameDriver(driver.name, named));
  return managed ? [managed, kernelDriver('kernel-driver')] : [kernelDriver(named), forUser];
}
