import { isVfioDriver, vfioDriverOf, type Operation } from '@busward/core';
import type { JudgedBy } from './judged-by.ts';
import { driverNamed, type KnownMember } from './member.ts';
import { blockersOf, type Verdict } from './verdict.ts';

/** One write into sysfs. */
export interface Write {
  readonly path: string;
  /** What is written, without the newline that `echo` adds; '': the newline alone, which clears driver_override. */
  readonly value: string;
}

/** One thing that is done about a device, and the operation of the model that it is. */
export type Deed = Written | TakenOver;

export interface Written {
  readonly kind: 'write';
  readonly device: string;
  readonly write: Write;
  readonly operation: Operation;
}

/**
 * Three writes, again from the first until the last succeeds, four times at most: `override`; `unbind`, where a driver is
 * bound; `bind`. Who had matched before the override can still come between unbind and bind (__driver_attach() matches before
 * it takes device_lock), and is unbound in the next round; after the override nobody else matches.
 */
export interface TakenOver {
  readonly kind: 'take over';
  readonly device: string;
  readonly override: Write;
  readonly unbind: Write;
  readonly bind: Write;
  readonly operation: Operation & { readonly do: 'take over' };
}

/** What becomes of one member: what hands it over, and what gives it back. */
export interface HandOver {
  readonly member: KnownMember;
  /**
   * 'user': it was asked for; 'along': it is bound to the VFIO driver, too, so that nobody else can be; 'kept free': a bridge,
   * which no VFIO driver takes; 'as it is': nothing is done.
   */
  readonly role: 'user' | 'along' | 'kept free' | 'as it is';
  readonly there: readonly Deed[];
  readonly back: readonly Deed[];
}

/** Buses whose devices have a driver_override (drivers/pci, platform, amba, fsl-mc, cdx). host1x has none. */
export const overridable = ['pci', 'platform', 'amba', 'fsl-mc', 'cdx'];

/**
 * What to do about a member of a group of that verdict. driver_override comes before the unbind: between an unbind and a later override anybody may have a
 * driver looked for. `bind` and not `drivers_probe`: the one waits for whoever is at the device and tells an error, the
 * other does neither. On the way back the override goes first where there was no driver: with the VFIO driver's name in it, whoever
 * has a driver looked for would bind that again.
 */
export function handOver(member: KnownMember, asked: boolean, verdict: Verdict, judged: JudgedBy): HandOver {
  const { name, bus, driver, found, bridge } = member;
  const bound = typeof driver === 'string' ? driverNamed(driver, bus, judged) : undefined;
  const inTheWay = blockersOf(verdict).includes(name);
  const done = isVfioDriver(bound);
  if (asked ? done : done || (bound !== undefined && !inTheWay) || (bound === undefined && bridge))
    return { member, role: 'as it is', there: [], back: [] };
  const forUser = vfioDriverOf(bus).name;
  const before = found.override?.is ?? undefined;
  const givenBack = bound
    ? [takeOver(member, driver!), ...(before === driver ? [] : [override(member, before)])]
    : [override(member, before), unbind(member)];
  if (!asked && bridge)
    return { member, role: 'kept free', there: [override(member, forUser), unbind(member)], back: givenBack };
  return { member, role: asked ? 'user' : 'along', there: [takeOver(member, forUser)], back: givenBack };
}

const folder = ({ bus, name }: KnownMember): string => `/sys/bus/${bus.name}/devices/${name}`;

const overrideWrite = (member: KnownMember, driver: string | undefined): Write => ({
  path: `${folder(member)}/driver_override`,
  value: driver ?? '',
});

const unbindWrite = (member: KnownMember): Write => ({ path: `${folder(member)}/driver/unbind`, value: member.name });

const override = (member: KnownMember, driver: string | undefined): Written => ({
  kind: 'write',
  device: member.name,
  write: overrideWrite(member, driver),
  operation:
    driver === undefined
      ? { do: 'clear override', device: member.name }
      : { do: 'set override', device: member.name, driver },
});

const unbind = (member: KnownMember): Written => ({
  kind: 'write',
  device: member.name,
  write: unbindWrite(member),
  operation: { do: 'unbind', device: member.name },
});

const takeOver = (member: KnownMember, driver: string): TakenOver => ({
  kind: 'take over',
  device: member.name,
  override: overrideWrite(member, driver),
  unbind: unbindWrite(member),
  bind: { path: `/sys/bus/${member.bus.name}/drivers/${driver}/bind`, value: member.name },
  operation: { do: 'take over', device: member.name, driver },
});
