import { EINVAL, OK, type Errno } from '../../errno.ts';
import type { Device, Driver, User } from '../../machine.ts';
import { perform, WAIT, type Program } from '../../step.ts';
import type { Kernel } from '../kernel.ts';
import { leaveContainer } from './container.ts';
import { hasVfioDevice, vfioFootprint } from './vfio-device.ts';

/**
 * `vfio_register_group_dev`: without a group there is nothing to register, and the probe fails (EINVAL, traced). A group
 * that VFIO makes up is there from here to the end of {@link unregisterFromVfio} (vfio_noiommu_group_alloc(), 6.1).
 */
export function* registerWithVfio(kernel: Kernel, device: Device, driver: Driver): Program<Errno> {
  const { registered, member } = kernel.layout.device(device.name);
  return yield* perform<Errno>({
    name: `${driver.name}.probe`,
    key: `register ${device.name}`,
    outcomes: [OK, EINVAL],
    touches: [registered, member],
    run(cells) {
      if (isFake(kernel, device)) cells.set(member, true);
      if (!cells.get(member)) return EINVAL;
      cells.set(registered, true);
      return OK;
    },
  });
}

/**
 * `vfio_unregister_group_dev`: a VFIO driver's remove blocks while a device file is open. What happens to the container
 * when the last VFIO device of the group goes is the surroundings'.
 */
export function* unregisterFromVfio(kernel: Kernel, device: Device): Program<void> {
  const { registered, unbinding, member } = kernel.layout.device(device.name);
  const files = kernel.machine.users.map((user) => kernel.layout.file(user.name, device.name).open);
  const { group } = device;
  const of = group === undefined ? undefined : kernel.layout.group(group);
  const { lastDevice, fileKeepsGroup, tracksUnbound } = kernel.strategy.surroundings.vfio;
  const sessions = kernel.machine.users.flatMap((user) =>
    group === undefined ? [] : [kernel.layout.session(user.name, group).file],
  );
  const thrownOut = yield* perform<User | 'waits' | undefined>({
    name: 'vfio_unregister_group_dev',
    key: `unregister ${device.name}`,
    outcomes: [undefined, ...(lastDevice === 'waits' ? (['waits'] as const) : kernel.machine.users)],
    touches: [
      registered,
      ...(tracksUnbound ? [unbinding] : []),
      member,
      ...files,
      ...sessions,
      ...(of ? [of.container, of.vfioLock] : []),
      ...(group === undefined ? [] : vfioFootprint(kernel, group)),
    ],
    writes: [registered, ...(tracksUnbound ? [unbinding] : []), member, ...sessions, ...(of ? [of.vfioLock] : [])],
    run(cells) {
      if (files.some((open) => cells.get(open)) || (of && cells.get(of.vfioLock))) return WAIT;
      cells.set(registered, false);
      if (tracksUnbound) cells.set(unbinding, true);
      if (isFake(kernel, device)) cells.set(member, false);
      const open = fileKeepsGroup ? [] : sessions.filter((file) => cells.get(file) === 'open');
      const left = of && lastDevice !== 'leaves' ? cells.get(of.container) : undefined;
      // Devices are looked at last, and where it matters: they are the most to tabulate. This one is not among them any more.
      if ((left === undefined && open.length === 0) || hasVfioDevice(kernel, cells, group!)) return undefined;
      for (const file of open) cells.set(file, 'stale');
      const user = kernel.machine.users.find(({ name }) => name === left);
      if (!user) return undefined;
      if (lastDevice === 'waits') return 'waits';
      cells.set(of!.vfioLock, true);
      return user;
    },
  });
  if (thrownOut === 'waits') yield* containerIsLeft(kernel, group!);
  else if (thrownOut && group !== undefined) yield* leaveContainer(kernel, thrownOut, group);
}

const isFake = ({ machine }: Kernel, { group }: Device): boolean => machine.withoutOps?.[group ?? ''] === 'fake';

/** `wait_event(group->container_q, !group->container)`: 5.10 lets no claim outlive the last VFIO device. */
function* containerIsLeft(kernel: Kernel, group: string): Program<void> {
  const { container, vfioLock } = kernel.layout.group(group);
  yield* perform({
    name: 'group->container_q',
    key: `container of ${group} left`,
    outcomes: [undefined],
    touches: [container, vfioLock],
    run: (cells) => (cells.get(container) === undefined && !cells.get(vfioLock) ? undefined : WAIT),
  });
}
