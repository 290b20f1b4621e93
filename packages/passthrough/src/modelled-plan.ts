import {
  assemble,
  ENODEV,
  isVfioDriver,
  kernelDriver,
  machine,
  vfioDriverOf,
  type Clients,
  type Driver,
  type Machine,
  type Operation,
  type System,
} from '@busward/core';
import type { HandOver } from './hand-over.ts';
import type { JudgedBy } from './judged-by.ts';
import { deviceFor, driverNamed, type KnownMember } from './member.ts';

/* A plan for one group as the model sees it: its machine, what is so before, what is done, and what its user does then. */

const user = 'u0';
/** A driver that knows any device, and that nobody asked for. */
export const others = 'another driver';
/** The same, which has matched a PCI device, and does not match any more when it is at it. */
export const tooLate = 'another driver, too late';

/**
 * `__pci_device_probe()` (drivers/pci/pci-driver.c) asks pci_match_device() again, with device_lock held, and says -ENODEV if
 * driver_override shuts the driver out by then. The other buses do not ask again.
 */
const fails: Driver = { ...kernelDriver(tooLate), failsAt: 'probe', failsWith: ENODEV };

/** The group's machine, with what is bound, and whatever others might bind. */
function machineFor(group: string, plan: readonly HandOver[], judged: JudgedBy): Machine {
  const devices = plan.map(({ member }) => {
    const named = member.found.override?.is;
    const more = typeof named === 'string' ? [driverNamed(named, member.bus, judged)] : [];
    const late = member.bus.name === 'pci' ? [fails] : [];
    return deviceFor(member, group, judged, [...more, kernelDriver(others), ...late]);
  });
  return machine(group, { devices, overrides: true });
}

export const system = (group: string, plan: readonly HandOver[], judged: JudgedBy, clients: Clients): System =>
  assemble(machineFor(group, plan, judged), judged.strategy, judged.buses, clients);

/** What is so before anybody does anything. */
export const before = (plan: readonly HandOver[]): readonly Operation[] =>
  plan.flatMap(({ member: { name, driver, found } }): Operation[] => [
    ...(typeof driver === 'string' ? [{ do: 'bind', device: name, driver } as const] : []),
    ...(typeof found.override?.is === 'string'
      ? [{ do: 'set override', device: name, driver: found.override.is } as const]
      : []),
  ]);

export const there = (plan: readonly HandOver[]): readonly Operation[] =>
  plan.flatMap((one) => one.there.map(({ operation }) => operation));

export const back = (plan: readonly HandOver[]): readonly Operation[] =>
  plan.toReversed().flatMap((one) => one.back.map(({ operation }) => operation));

/** A user owns the group, and has one of its devices open. */
export function owning(group: string, plan: readonly HandOver[], judged: JudgedBy): readonly Operation[] {
  return [
    { do: 'claim', user, group },
    { do: 'attach', user, group },
    { do: 'open', user, device: opened(plan, judged) },
  ];
}

export const leaving = (group: string, plan: readonly HandOver[], judged: JudgedBy): readonly Operation[] => [
  { do: 'close', user, device: opened(plan, judged) },
  { do: 'release', user, group },
];

const opened = (plan: readonly HandOver[], judged: JudgedBy): string =>
  plan.find(({ role, member }) => role === 'user' || isUsers(member, judged))!.member.name;

function isUsers(member: KnownMember, judged: JudgedBy): boolean {
  const { drivers } = deviceFor(member, 'any', judged);
  return isVfioDriver(drivers.find(({ name }) => name === member.driver));
}

/** The driver that the plan gives a member; null: none; undefined: it is left as it is. */
export function planned({ role, member }: HandOver): string | null | undefined {
  if (role === 'as it is') return undefined;
  return role === 'kept free' ? null : vfioDriverOf(member.bus).name;
}
