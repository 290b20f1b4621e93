import { userOf, type Machine, type Operation } from '@busward/core';
import { match, P } from 'ts-pattern';

/** Why an operation means nothing on a machine, and what to do; `undefined` where it does. */
export const misfitOf = (operation: Operation, machine: Machine): string | undefined =>
  match(operation)
    .with({ do: 'set type' }, () =>
      machine.types ? undefined : 'the groups have no types that could be set; say `type:` of the machine',
    )
    .with({ do: 'register' }, () =>
      machine.iommu === 'later' ? undefined : 'the IOMMU is there from the start; say `iommu: later` of the machine',
    )
    .with({ do: P.union('set override', 'clear override', 'take over') }, () =>
      machine.overrides ? undefined : 'driver_override is no state here; say `overrides: true` of the machine',
    )
    .with({ do: P.union('open', 'close', 'open group', 'close group', 'set container') }, ({ user }) =>
      notThrough('container', machine, user),
    )
    .with({ do: owning, group: P.string }, ({ user }) => notThrough('container', machine, user))
    .with({ do: owning, device: P.string }, ({ user }) => notThrough('iommufd', machine, user))
    .otherwise(() => undefined);

/** Why an operation can never be attempted beside all that is done, and what to do; `undefined` where it may be. */
export function idleBeside(operation: Operation, { devices }: Machine, all: readonly Operation[]): string | undefined {
  if (operation.do !== 'add') return undefined;
  const { device } = operation;
  const isAbsent = devices.some(({ name, absent }) => name === device && absent);
  const isRemoved = all.some((one) => one.do === 'remove' && one.device === device);
  if (isAbsent || isRemoved) return undefined;
  return `'${device}' is there from the start, and nobody removes it; say \`absent: true\` of it, or remove it before`;
}

const owning = P.union('claim', 'attach', 'detach', 'release');

function notThrough(needed: 'container' | 'iommufd', machine: Machine, user: string): string | undefined {
  if (userOf(machine, user).through === needed) return undefined;
  const instead = {
    container: "owns devices, through iommufd; 'claim', 'attach', 'detach' or 'release' a device",
    iommufd: 'owns groups, through a container; name a group',
  };
  return `'${user}' ${instead[needed]}, or say \`users: { ${user}: ${needed} }\``;
}
