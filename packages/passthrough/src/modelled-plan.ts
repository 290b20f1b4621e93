import {
  assemble,
  isVfioDriver,
  kernelDriver,
  machine,
  vfioDriverOf,
  type Clients,
  type Machine,
  type Operation,
  type System,
} from '@busward/core';
import type { HandOver } from './hand-over.ts';
import type { JudgedBy } from './judged-by.ts';
import { deviceFor, driverNamed, type KnownMember } from './member.ts';

/* A plan for one group as the model sees it: its machine, what is so before, its writes, and what its user does then. */

export const user = 'u0';
/** A driver that knows any device, and that nobody asked for. */
export const others = 'another driver';

/** The group's machine, with what is bound, and whatever others might bind. */
function machineFor(group: string, plan: readonly HandOver[], judged: JudgedBy): Machine {
  const devices = plan.map(({ member }) => {
    const named = member.found.override?.is;
    const more = typeof named === 'string' ? [driverNamed(named, member.bus, judged)] : [];
    return deviceFor(member, group, judged, [...more, kernelDriver(others)]);
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

/**
 * The user waits for the file of his group, which is there when the probe that somebody has begun is over: a bind that
 * comes too late waits for that, too.
 */
export const settled = (plan: readonly HandOver[]): readonly Operation[] =>
  plan.flatMap(({ member, role }): Operation[] =>
    role === 'user' ? [{ do: 'override and bind', device: member.name, driver: vfioDriverOf(member.bus).name }] : [],
  );

/** A user owns the group, and has one of its devices open. */
export function owning(group: string, plan: readonly HandOver[], judged: JudgedBy): readonly Operation[] {
  const device = plan.find(({ role, member }) => role === 'user' || isUsers(member, judged))!.member.name;
  return [
    { do: 'claim', user, group },
    { do: 'attach', user, group },
    { do: 'open', user, device },
  ];
}

function isUsers(member: KnownMember, judged: JudgedBy): boolean {
  const { drivers } = deviceFor(member, 'any', judged);
  return isVfioDriver(drivers.find(({ name }) => name === member.driver));
}
