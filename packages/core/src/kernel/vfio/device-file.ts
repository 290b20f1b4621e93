import { EINVAL, ENODEV, OK, type Errno } from '../../errno.ts';
import { membersOf, type Device, type User } from '../../machine.ts';
import { perform, WAIT, type Program } from '../../step.ts';
import type { Kernel } from '../kernel.ts';
import { dissolveContainer } from './container.ts';
import { looksViable } from './viability.ts';
import { isVfioDevice } from './vfio-device.ts';

/**
 * VFIO_GROUP_GET_DEVICE_FD. 5.10 first looks at every sibling's driver, without a lock, one after the other (M03).
 * Errors: EINVAL (no IOMMU set, or a sibling is not viable), ENODEV (not a VFIO device).
 */
export function* getDeviceFile(kernel: Kernel, user: User, device: Device): Program<Errno> {
  const group = device.group;
  if (group === undefined) return ENODEV;
  const { scansSiblings } = kernel.strategy.surroundings.vfio;
  if (scansSiblings)
    for (const sibling of membersOf(kernel.machine, group))
      if ((yield* looksViable(kernel, sibling)) === EINVAL) return EINVAL;
  const { container, vfioLock } = kernel.layout.group(group);
  const { attached, file } = kernel.layout.session(user.name, group);
  const { open } = kernel.layout.file(user.name, device.name);
  const { registered, member } = kernel.layout.device(device.name);
  return yield* perform<Errno>({
    name: 'vfio_group_get_device_fd',
    key: `get device file ${user.name} ${device.name}`,
    outcomes: [OK, EINVAL, ENODEV],
    touches: [vfioLock, container, attached, file, open, registered, member],
    run(cells) {
      if (cells.get(vfioLock)) return WAIT;
      const hasContainer = () => cells.get(container) === user.name && cells.get(attached);
      // 5.10 looks at the container first, later ones at the name.
      if (scansSiblings && !hasContainer()) return EINVAL;
      const left = cells.get(file) === 'stale'; // the group is another one by now
      if (left || !isVfioDevice(kernel, cells, device) || !cells.get(member)) return ENODEV;
      if (!hasContainer()) return EINVAL;
      cells.set(open, true);
      return OK;
    },
  });
}

/** The user closes a device file; it may have been the last thing that kept the file of its group. */
export function* closeDeviceFile(kernel: Kernel, user: User, device: Device): Program<Errno> {
  const { group } = device;
  const { open } = kernel.layout.file(user.name, device.name);
  const file = group === undefined ? undefined : kernel.layout.session(user.name, group).file;
  const others = membersOf(kernel.machine, group ?? '')
    .filter((one) => one !== device)
    .map((one) => kernel.layout.file(user.name, one.name).open);
  const last = yield* perform({
    name: 'vfio_device_fops_release',
    key: `close ${user.name} ${device.name}`,
    outcomes: [false, true],
    touches: [open, ...(file ? [file] : []), ...others],
    writes: [open, ...(file ? [file] : [])],
    run(cells) {
      cells.set(open, false);
      if (!file || cells.get(file) !== 'pinned' || others.some((one) => cells.get(one))) return false;
      cells.set(file, 'none');
      return true;
    },
  });
  return last && group !== undefined ? yield* dissolveContainer(kernel, user, group) : OK;
}
