import { match, P } from 'ts-pattern';
import type { Errno } from './errno.ts';
import { die } from './kernel/death.ts';
import { claimDirectly, releaseDirectly } from './kernel/direct-claim.ts';
import { attachDriver, bind, loadDriver, overrideAndBind, takeOver, unbind } from './kernel/driver-core.ts';
import { setOverride } from './kernel/driver-override.ts';
import { addDevice, removeDevice, rescan } from './kernel/hotplug.ts';
import { attachIommufd, bindIommufd, detachIommufd, unbindIommufd } from './kernel/iommufd.ts';
import type { Kernel } from './kernel/kernel.ts';
import { registerIommu } from './kernel/registration.ts';
import { resetDevice } from './kernel/reset.ts';
import { changeType } from './kernel/type-change.ts';
import { detachIommu, setContainer, setContainerOfFile, setIommu, unsetContainer } from './kernel/vfio/container.ts';
import { closeDeviceFile, getDeviceFile } from './kernel/vfio/device-file.ts';
import { closeGroupFile, openGroupFile } from './kernel/vfio/group-file.ts';
import { deviceOf, driverOf, membersOf, userOf, type DomainType, type Machine } from './machine.ts';
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
  | { readonly do: 'register'; readonly group: string }
  /** The group's file and its container, one call at a time; 'claim' and 'release' do it all at once. */
  | { readonly do: 'open group' | 'close group' | 'set container'; readonly user: string; readonly group: string }
  | { readonly do: 'claim directly' | 'release directly'; readonly user: string; readonly device: string }
  | { readonly do: 'die'; readonly user: string }
  | { readonly do: 'set type'; readonly group: string; readonly type: DomainType | 'auto' }
  /** Sets driver_override first, as a script does: that waits for device_lock. */
  | { readonly do: 'override and bind'; readonly device: string; readonly driver: string }
  /** Somebody has a driver looked for; `driver` is what the bus finds, where nothing is overridden. */
  | { readonly do: 'find driver'; readonly device: string; readonly driver: string }
  /** Where driver_override is state (machine.overrides). */
  | { readonly do: 'set override'; readonly device: string; readonly driver: string }
  | { readonly do: 'clear override'; readonly device: string }
  /** A module loads, whose driver matches the device. */
  | { readonly do: 'load'; readonly device: string; readonly driver: string }
  /** Where driver_override is state: a script that wants the device on the driver, whoever takes it meanwhile. */
  | { readonly do: 'take over'; readonly device: string; readonly driver: string }
  | { readonly do: 'reset'; readonly device: string }
  | { readonly do: 'rescan' };

export type Owning = 'claim' | 'attach' | 'detach' | 'release';

/** `bind B to nvme`, `u0: claim group 4`. */
export function describeOperation(operation: Operation): string {
  const text = match(operation)
    .with(
      { do: P.union('bind', 'override and bind') },
      ({ do: verb, device, driver }) => `${verb} ${device} to ${driver}`,
    )
    .with({ do: 'set override' }, ({ device, driver }) => `set override of ${device} to ${driver}`)
    .with({ do: 'clear override' }, ({ device }) => `clear override of ${device}`)
    .with({ do: P.union('find driver', 'load') }, ({ do: verb, device, driver }) => `${verb} ${driver} for ${device}`)
    .with({ do: 'take over' }, ({ device, driver }) => `take over ${device} for ${driver}`)
    .with({ do: 'register' }, ({ group }) => `register the IOMMU of ${group}`)
    .with({ do: 'set type' }, ({ group, type }) => `set type of ${group} to ${type}`)
    .with({ device: P.string }, ({ do: verb, device }) => `${verb} ${device}`)
    .with({ group: P.string }, ({ do: verb, group }) => `${verb} ${group}`)
    .with({ do: P.union('die', 'rescan') }, ({ do: verb }) => verb)
    .exhaustive();
  return 'user' in operation ? `${operation.user}: ${text}` : text;
}

/** The devices that take part in what an operation does: its own, or all of its group. */
export function chargedWith(machine: Machine, operation: Operation): readonly string[] {
  if ('device' in operation) return [operation.device];
  return 'group' in operation ? membersOf(machine, operation.group).map(({ name }) => name) : [];
}

/**
 * The kernel code that an operation runs. Throws when the machine has no such device, driver or user. It is asked for every
 * history of outcomes: by a switch, as `match` would try pattern after pattern each time.
 */
export function programOf(kernel: Kernel, operation: Operation): Program<Errno> {
  const { machine } = kernel;
  const deviceIn = ({ device }: { readonly device: string }) => deviceOf(machine, device);
  const driverIn = (of: { readonly device: string; readonly driver: string }) =>
    driverOf(machine, of.device, of.driver);
  const userIn = ({ user }: { readonly user: string }) => userOf(machine, user);
  switch (operation.do) {
    case 'bind':
      return bind(kernel, deviceIn(operation), driverIn(operation));
    case 'unbind':
      return unbind(kernel, deviceIn(operation));
    case 'remove':
      return removeDevice(kernel, deviceIn(operation));
    case 'add':
      return addDevice(kernel, deviceIn(operation));
    case 'register':
      return registerIommu(kernel, operation.group);
    case 'open':
      return getDeviceFile(kernel, userIn(operation), deviceIn(operation));
    case 'close':
      return closeDeviceFile(kernel, userIn(operation), deviceIn(operation));
    case 'open group':
      return openGroupFile(kernel, userIn(operation), operation.group);
    case 'close group':
      return closeGroupFile(kernel, userIn(operation), operation.group);
    case 'set container':
      return setContainerOfFile(kernel, userIn(operation), operation.group);
    case 'claim directly':
      return claimDirectly(kernel, userIn(operation), deviceIn(operation));
    case 'release directly':
      return releaseDirectly(kernel, userIn(operation), deviceIn(operation));
    case 'die':
      return die(kernel, userIn(operation));
    case 'set type':
      return changeType(kernel, operation.group, operation.type);
    case 'override and bind':
      return overrideAndBind(kernel, deviceIn(operation), driverIn(operation));
    case 'set override':
      return setOverride(kernel, deviceIn(operation), driverIn(operation));
    case 'clear override':
      return setOverride(kernel, deviceIn(operation), undefined);
    case 'find driver':
      return attachDriver(kernel, deviceIn(operation), driverIn(operation));
    case 'load':
      return loadDriver(kernel, deviceIn(operation), driverIn(operation));
    case 'take over':
      return takeOver(kernel, deviceIn(operation), driverIn(operation));
    case 'reset':
      return resetDevice(kernel, deviceIn(operation));
    case 'rescan':
      return rescan(kernel);
    case 'claim':
    case 'attach':
    case 'detach':
    case 'release':
      return 'group' in operation
        ? byContainer[operation.do](kernel, userIn(operation), operation.group)
        : byIommufd[operation.do](kernel, userIn(operation), deviceIn(operation));
  }
}

const byContainer = { claim: setContainer, attach: setIommu, detach: detachIommu, release: unsetContainer };
const byIommufd = { claim: bindIommufd, attach: attachIommufd, detach: detachIommufd, release: unbindIommufd };
