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
  /** As 'find driver', said where driver_override is no state: it names the driver. */
  | { readonly do: 'probe'; readonly device: string; readonly driver: string }
  /** Where driver_override is state (machine.overrides). */
  | { readonly do: 'set override'; readonly device: string; readonly driver: string }
  | { readonly do: 'clear override'; readonly device: string }
  /** Somebody has a driver looked for; `driver` is what the bus finds, where nothing is overridden. */
  | { readonly do: 'find driver'; readonly device: string; readonly driver: string }
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
    .with({ do: 'probe' }, ({ device, driver }) => `probe ${device} with ${driver}`)
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
    .with({ do: 'open group' }, ({ user, group }) => openGroupFile(kernel, userOf(machine, user), group))
    .with({ do: 'close group' }, ({ user, group }) => closeGroupFile(kernel, userOf(machine, user), group))
    .with({ do: 'set container' }, ({ user, group }) => setContainerOfFile(kernel, userOf(machine, user), group))
    .with({ do: 'claim directly' }, ({ user, device }) =>
      claimDirectly(kernel, userOf(machine, user), deviceOf(machine, device)),
    )
    .with({ do: 'release directly' }, ({ user, device }) =>
      releaseDirectly(kernel, userOf(machine, user), deviceOf(machine, device)),
    )
    .with({ do: 'die' }, ({ user }) => die(kernel, userOf(machine, user)))
    .with({ do: 'set type' }, ({ group, type }) => changeType(kernel, group, type))
    .with({ do: 'override and bind' }, ({ device, driver }) =>
      overrideAndBind(kernel, deviceOf(machine, device), driverOf(machine, device, driver)),
    )
    .with({ do: 'set override' }, ({ device, driver }) =>
      setOverride(kernel, deviceOf(machine, device), driverOf(machine, device, driver)),
    )
    .with({ do: 'clear override' }, ({ device }) => setOverride(kernel, deviceOf(machine, device), undefined))
    .with({ do: P.union('probe', 'find driver') }, ({ device, driver }) =>
      attachDriver(kernel, deviceOf(machine, device), driverOf(machine, device, driver)),
    )
    .with({ do: 'load' }, ({ device, driver }) =>
      loadDriver(kernel, deviceOf(machine, device), driverOf(machine, device, driver)),
    )
    .with({ do: 'take over' }, ({ device, driver }) =>
      takeOver(kernel, deviceOf(machine, device), driverOf(machine, device, driver)),
    )
    .with({ do: 'reset' }, ({ device }) => resetDevice(kernel, deviceOf(machine, device)))
    .with({ do: 'rescan' }, () => rescan(kernel))
    .with({ do: owning, group: P.string }, ({ do: verb, user, group }) =>
      byContainer[verb](kernel, userOf(machine, user), group),
    )
    .with({ do: owning, device: P.string }, ({ do: verb, user, device }) =>
      byIommufd[verb](kernel, userOf(machine, user), deviceOf(machine, device)),
    )
    .exhaustive();
}

const owning = P.union('claim', 'attach', 'detach', 'release');
const byContainer = { claim: setContainer, attach: setIommu, detach: detachIommu, release: unsetContainer };
const byIommufd = { claim: bindIommufd, attach: attachIommufd, detach: detachIommufd, release: unbindIommufd };
