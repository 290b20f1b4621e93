import { isVfioDriver, vfioDriverOf, type Operation } from '@busward/core';
import type { JudgedBy } from './judged-by.ts';
import { driverNamed, type KnownMember } from './member.ts';

/** One write into sysfs, and the operation of the model that it is. */
export interface Write {
  readonly device: string;
  readonly path: string;
  /** What is written, without the newline that `echo` adds; '': the newline alone, which clears driver_override. */
  readonly value: string;
  readonly operation: Operation;
  /** It is only written if the device has got a driver by then: it has none now, and whoever was first may have bound one. */
  readonly ifBound?: true;
}

/** What becomes of one member: the writes that hand it over, and those that give it back. */
export interface HandOver {
  readonly member: KnownMember;
  /** 'user': it is bound to a VFIO driver; 'kept free': no driver can come to it; 'as it is': nothing is done. */
  readonly role: 'user' | 'kept free' | 'as it is';
  readonly there: readonly Write[];
  readonly back: readonly Write[];
}

/** Buses whose devices have a driver_override (drivers/pci, platform, amba, fsl-mc, cdx). host1x has none. */
export const overridable = ['pci', 'platform', 'amba', 'fsl-mc', 'cdx'];

/**
 * What to do about a member. driver_override comes first: between an unbind and a later override anybody may have a
 * driver looked for; and what had no driver may have got one before it. `bind` and not `drivers_probe`: the
 * one waits for whoever is at the device and tells an error, the other does neither. A sibling that nobody asked for is only kept free of drivers: an override that names the VFIO driver
 * shuts out all others, and nobody has it looked for.
 */
export function handOver(member: KnownMember, asked: boolean, judged: JudgedBy): HandOver {
  const { bus, driver, found } = member;
  const bound = typeof driver === 'string' ? driverNamed(driver, bus, judged) : undefined;
  const inTheWay = bound !== undefined && !bound.managesDma;
  const done = isVfioDriver(bound);
  if (asked ? done : done || (bound !== undefined && !inTheWay) || (bound === undefined && member.bridge))
    return { member, role: 'as it is', there: [], back: [] };
  const forUser = vfioDriverOf(bus).name;
  const before = found.override?.is ?? undefined;
  const there = [
    ...(before === forUser ? [] : [override(member, forUser)]),
    bound ? unbind(member) : { ...unbind(member), ifBound: true as const },
    ...(asked ? [bind(member, forUser)] : []),
  ];
  const back = [
    ...(before === forUser ? [] : [override(member, before)]),
    ...(asked ? [unbind(member)] : []),
    ...(bound ? [bind(member, driver!)] : []),
  ];
  return { member, role: asked ? 'user' : 'kept free', there, back };
}

const folder = ({ bus, name }: KnownMember): string => `/sys/bus/${bus.name}/devices/${name}`;

const override = (member: KnownMember, driver: string | undefined): Write => ({
  device: member.name,
  path: `${folder(member)}/driver_override`,
  value: driver ?? '',
  operation:
    driver === undefined
      ? { do: 'clear override', device: member.name }
      : { do: 'set override', device: member.name, driver },
});

const unbind = (member: KnownMember): Write => ({
  device: member.name,
  path: `${folder(member)}/driver/unbind`,
  value: member.name,
  operation: { do: 'unbind', device: member.name },
});

const bind = (member: KnownMember, driver: string): Write => ({
  device: member.name,
  path: `/sys/bus/${member.bus.name}/drivers/${driver}/bind`,
  value: member.name,
  operation: { do: 'bind', device: member.name, driver },
});
