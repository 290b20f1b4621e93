import { match, P } from 'ts-pattern';
import type { Errno } from './errno.ts';
import { bind, unbind } from './kernel/driver-core.ts';
import { addDevice, removeDevice } from './kernel/hotplug.ts';
import { attachIommufd, bindIommufd, detachIommufd, unbindIommufd } from './kernel/iommufd.ts';
import type { Kernel } from './kernel/kernel.ts';
import { registerIommu } from './kernel/registration.ts';
import { detachIommu, setContainer, setIommu, unsetContainer } from './kernel/vfio/container.ts';
import { closeDeviceFile, getDeviceFile } from './kernel/vfio/device-file.ts';
import { deviceOf, driverOf, userOf } from './machine.ts';
import type { Program } from './step.ts';

/**
 * What somebody can do: root through sysfs, a user through a VFIO container (a `group`) or iommufd (a `device`),
 * hot-plug, an IOMMU driver that loads.
 */
export type Operation =
  | { readonly do: 'bind'; readonly device: string; readonly driver: string }
  | { readonly do: 'unbind'; readonly device: string }
  | { readonly do: 'remove'; readonly device: string }
  | { readonly do: 'add'; readonly device: string }
  | { readonly do: 'open'; readonly user: string; readonly device: string }
  | { readonly do: 'close'; readonly user: string; readonly device: string }
  | { readonly do: Owning; readonly user: string; readonly group: string }
  | { readonly do: Owning; readonly user: string; readonly device: string }
  | { readonly do: 'register'; readonly group: string };

type Owning = 'claim' | 'attach' | 'detach' | 'release';

/** `bind B to nvme`, `u0 claims group 4`. */
export function describeOperation(operation: Operation): string {
  if (operation.do === 'bind') return `bind ${operation.device} to ${operation.driver}`;
  if (operation.do === 'register') return `register the IOMMU of ${operation.group}`;
  const on = 'device' in operation ? operation.device : operation.group;
  return 'user' in operation ? `${operation.user}: ${operation.do} ${on}` : `${operation.do} ${on}`;
}

/** The kernel code that an operation runs. Throws when the machine has no such device, driver or user. */
export function programOf(kernel: Kernel, operation: Operation): Program<Errno> {
  const { machine } = kernel;
  return match(operation)
    .with({ do: 'bind' }, ({ device, driver }) =>
      bind(kernel, deviceOf(machine, device), driverOf(machine, device, driver)),
    )
    .with({ do: 'unbind' }, ({ device }) => unbind(kernel, deviceOf(machine, device)))
    .with({ do: 'remove' }, ({ device }) => removeDevice(kernel, deviceOf(machine, device)))
    .with({ do: 'add' }, ({ device }) => addDevice(kernel, deviceOf(machine, device)))
    .with({ do: 'register' }, ({ group }) => registerIommu(kernel, group))
    .with({ do: 'open' }, ({ user, device }) => getDeviceFile(kernel, userOf(machine, user), deviceOf(machine, device)))
    .with({ do: 'close' }, ({ user, device }) =>
      closeDeviceFile(kernel, userOf(machine, user), deviceOf(machine, device)),
    )
    .with({ group: P.string }, ({ do: verb, user, group }) => byContainer[verb](kernel, userOf(machine, user), group))
    .with({ device: P.string }, ({ do: verb, user, device }) =>
      byIommufd[verb](kernel, userOf(machine, user), deviceOf(machine, device)),
    )
    .exhaustive();
}

const byContainer = { claim: setContainer, attach: setIommu, detach: detachIommu, release: unsetContainer };
const byIommufd = { claim: bindIommufd, attach: attachIommufd, detach: detachIommufd, release: unbindIommufd };
