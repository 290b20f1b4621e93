import {
  compareVersions,
  kernelDriver,
  vfioDriverOf,
  type Bus,
  type Device,
  type Driver,
  type Facts,
} from '@busward/core';
import { isBridge, recognise, sameDriver, type FoundDevice } from '@busward/topology';
import type { JudgedBy } from './judged-by.ts';

/** A found device, with what the plugin of its bus makes of it. */
export interface Member {
  readonly found: FoundDevice;
  readonly name: string;
  /** Linux's name of its bus; absent: nothing tells, and no plugin knows. */
  readonly busName?: string;
  /** The plugin; absent: there is none for its bus. */
  readonly bus?: Bus;
  readonly facts: Facts;
  /** A PCI bridge: its header is not the normal one, so that 5.10 tolerates any driver on it, and vfio-pci takes none. */
  readonly bridge: boolean;
  /** The driver it is bound to; null: none; absent: no source tells. */
  readonly driver?: string | null;
}

export function memberOf(found: FoundDevice, buses: readonly Bus[]): Member {
  const known = recognise(found, buses);
  const bus = known?.bus ?? buses.find(({ name }) => name === found.bus?.is);
  const busName = found.bus?.is ?? bus?.name;
  return {
    found,
    name: found.name,
    ...(busName !== undefined && { busName }),
    ...(bus && { bus }),
    facts: known?.recognition.facts ?? bus?.example(found.name) ?? {},
    bridge: isBridge(found, known?.recognition),
    ...(found.driver && { driver: found.driver.is }),
  };
}

/** The driver called `name` on a bus, as that kernel knows it. Who is not in the plugin's list does not manage DMA itself. */
export function driverNamed(name: string, bus: Bus | undefined, { version }: JudgedBy): Driver {
  const managed = bus?.managedDrivers.find((one) => sameDriver(one.name, name));
  if (!managed) return kernelDriver(name);
  // A VFIO driver that is there has the flag; a stub may have got it later than its code (fsl-pci).
  const early = managed.since !== undefined && !managed.forUser && compareVersions(version, managed.since) < 0;
  return early ? { ...kernelDriver(name), idle: true } : { ...managed, name };
}

/** A member whose bus has a plugin, so that the model can carry it. */
export type KnownMember = Member & { readonly bus: Bus };

export const isKnown = (member: Member): member is KnownMember => member.bus !== undefined;

/** The device as core knows it, in `group`, with its driver, `more` ones and the VFIO driver of its bus. */
export function deviceFor(member: KnownMember, group: string, judged: JudgedBy, more: readonly Driver[] = []): Device {
  const { bus } = member;
  const own = typeof member.driver === 'string' ? [driverNamed(member.driver, bus, judged)] : [];
  const all = [...own, ...more, vfioDriverOf(bus)];
  return {
    name: member.name,
    bus: bus.name,
    facts: member.facts,
    group,
    joins: 'when added',
    direct: member.found.direct?.is ?? false,
    bridge: member.bridge,
    drivers: all.filter((driver, at) => all.findIndex(({ name }) => name === driver.name) === at),
  };
}

/** What of the driver a member is bound to the kernel goes by: not its name, but for the one that 5.10 knows by it. */
export function driverKind({ driver, bus }: KnownMember, judged: JudgedBy): string {
  if (typeof driver !== 'string') return String(driver);
  return JSON.stringify({ ...driverNamed(driver, bus, judged), name: driver === 'pci-stub' ? driver : '' });
}
