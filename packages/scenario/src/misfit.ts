import { userOf, type Machine, type Operation } from '@busward/core';
import { match, P } from 'ts-pattern';

/** Why an operation means nothing on a machine, and what to do; `undefined` where it does. */
export const misfitOf = (operation: Operation, machine: Machine): string | undefined =>
  match(operation)
    .with({ do: 'set type' }, () =>
      machine.types ? undefined : 'the groups have no types that could be set; say `type:` of the machine',
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

const owning = P.union('claim', 'attach', 'detach', 'release');

function notThrough(needed: 'container' | 'iommufd', machine: Machine, user: string): string | undefined {
  if (userOf(machine, user).through === needed) return undefined;
  const instead = {
    container: "owns devices, through iommufd; 'claim', 'attach', 'detach' or 'release' a device",
    iommufd: 'owns groups, through a container; name a group',
  };
  return `'${user}' ${instead[needed]}, or say \`users: { ${user}: ${needed} }\``;
}
