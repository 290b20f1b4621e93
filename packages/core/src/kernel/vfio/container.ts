import { EBUSY, EINVAL, ENODEV, ENOENT, OK, type Errno } from '../../errno.ts';
import { membersOf, type User } from '../../machine.ts';
import { perform, type Program } from '../../step.ts';
import type { Kernel } from '../kernel.ts';
import { oncePerGroup } from '../once-per-group.ts';
import { vfioOwnership } from '../ownership.ts';
import { lockGroup, lockingGroup, unlockAfter } from './group-lock.ts';
import { cdevFiles, hasVfioDevice, vfioFootprint } from './vfio-device.ts';

/*
 * The user side through a container (drivers/vfio/container.c, vfio.c before 5.19). One lock stands for group_lock and the
 * container's; it is a cell because leaving has a visible moment between two sections of group->mutex.
 */

/**
 * VFIO_GROUP_SET_CONTAINER on a freshly opened group.
 * Errors: ENOENT (no device of the group has a VFIO driver), EBUSY (another user has it, or a device of
 * it through iommufd), and the strategy's.
 */
export function* setContainer(kernel: Kernel, user: User, group: string): Program<Errno> {
  const opened = yield* perform(opening(kernel, group));
  return opened === OK ? yield* joinContainer(kernel, user, group) : opened;
}

/** One step, whoever takes it: it is tabulated once for all users. */
const opening = oncePerGroup((kernel, group) => {
  const { container } = kernel.layout.group(group);
  const cdevs = cdevFiles(kernel, group);
  return lockingGroup(kernel, group, 'vfio_group_fops_open', {
    key: 'by its container',
    refuses: [ENOENT, EBUSY],
    touches: [container, ...cdevs, ...vfioFootprint(kernel, group)],
    check(cells) {
      // Who has it keeps its file there: then devices need not be looked at, which are the most to tabulate.
      if (cells.get(container) !== undefined || cdevs.some((open) => cells.get(open))) return EBUSY;
      return hasVfioDevice(kernel, cells, group) ? OK : ENOENT;
    },
  });
});

/**
 * VFIO_GROUP_SET_CONTAINER, on a group file that the user has open. Errors: EINVAL (it is in one), ENODEV (the group is
 * gone), and the strategy's.
 */
export function* setContainerOfFile(kernel: Kernel, user: User, group: string): Program<Errno> {
  const { container } = kernel.layout.group(group);
  const { file } = kernel.layout.session(user.name, group);
  const ready = yield* lockGroup(kernel, group, 'vfio_group_ioctl_set_container', {
    key: user.name,
    refuses: [EINVAL, ENODEV],
    touches: [container, file],
    check(cells) {
      if (cells.get(file) === 'stale') return ENODEV;
      return cells.get(container) === undefined ? OK : EINVAL;
    },
  });
  return ready === OK ? yield* joinContainer(kernel, user, group) : ready;
}

/** `vfio_container_attach_group`, with group_lock held; gives it back. */
function* joinContainer(kernel: Kernel, user: User, group: string): Program<Errno> {
  const { container } = kernel.layout.group(group);
  const { claim } = vfioOwnership(kernel, group);
  return yield* unlockAfter(
    kernel,
    group,
    claim ? (also) => claim({ user, group }, also) : 'vfio_group_set_container',
    {
      touches: [container],
      keep: (cells) => cells.set(container, user.name),
    },
  );
}

/** VFIO_SET_IOMMU: the user's domain goes onto the group. Errors: EINVAL (no container, or set twice), the strategy's. */
export function* setIommu(kernel: Kernel, user: User, group: string): Program<Errno> {
  const { container } = kernel.layout.group(group);
  const { attached } = kernel.layout.session(user.name, group);
  const ready = yield* lockGroup(kernel, group, 'vfio_ioctl_set_iommu', {
    key: user.name,
    refuses: [EINVAL],
    touches: [container, attached],
    check: (cells) => (cells.get(container) === user.name && !cells.get(attached) ? OK : EINVAL),
  });
  if (ready !== OK) return ready;
  return yield* unlockAfter(kernel, group, (also) => vfioOwnership(kernel, group).attach({ user, group }, also));
}

/** The first half of leaving a container. Errors: EINVAL (nothing attached). */
export function* detachIommu(kernel: Kernel, user: User, group: string): Program<Errno> {
  const { attached } = kernel.layout.session(user.name, group);
  const ready = yield* lockGroup(kernel, group, 'vfio_iommu_detach', {
    key: user.name,
    refuses: [EINVAL],
    touches: [attached],
    check: (cells) => (cells.get(attached) ? OK : EINVAL),
  });
  if (ready !== OK) return ready;
  return yield* unlockAfter(kernel, group, (also) => vfioOwnership(kernel, group).detach({ user, group }, also));
}

/**
 * VFIO_GROUP_UNSET_CONTAINER, or the group file's close: detach, then release; in between the group is owned and
 * blocked. Errors: EBUSY (a device file is open), EINVAL (no container).
 */
export function* unsetContainer(kernel: Kernel, user: User, group: string): Program<Errno> {
  const { container } = kernel.layout.group(group);
  const files = membersOf(kernel.machine, group).map((device) => kernel.layout.file(user.name, device.name).open);
  const ready = yield* lockGroup(kernel, group, 'vfio_group_unset_container', {
    key: user.name,
    refuses: [EBUSY, EINVAL],
    touches: [container, ...files],
    check(cells) {
      if (cells.get(container) !== user.name) return EINVAL;
      return files.some((open) => cells.get(open)) ? EBUSY : OK;
    },
  });
  if (ready !== OK) return ready;
  return yield* leaveContainer(kernel, user, group);
}

/** The last reference to the group's file has gone: it leaves its container, if it is in one. */
export function* dissolveContainer(kernel: Kernel, user: User, group: string): Program<Errno> {
  const { container } = kernel.layout.group(group);
  const isIn = yield* lockGroup(kernel, group, 'vfio_group_fops_release', {
    key: user.name,
    refuses: [EINVAL],
    touches: [container],
    check: (cells) => (cells.get(container) === user.name ? OK : EINVAL),
  });
  return isIn === OK ? yield* leaveContainer(kernel, user, group) : OK;
}

/** `vfio_container_detach_group`, with group_lock held; gives it back. */
export function* leaveContainer(kernel: Kernel, user: User, group: string): Program<Errno> {
  const own = vfioOwnership(kernel, group);
  const { container } = kernel.layout.group(group);
  // container_users is 0 before the group is detached, and VFIO's listener looks at nothing else (5.10).
  const told = kernel.strategy.at.bound === 'vfio notifier';
  const { attached } = kernel.layout.session(user.name, group);
  const isAttached = yield* perform({
    name: 'vfio_container_detach_group',
    key: `attached? ${user.name} ${group}`,
    outcomes: [true, false],
    touches: [attached, ...(told ? [container] : [])],
    run(cells) {
      if (told) cells.set(container, undefined);
      return cells.get(attached);
    },
  });
  if (isAttached) yield* own.detach({ user, group });
  const { release } = own;
  return yield* unlockAfter(kernel, group, release ? (also) => release({ user, group }, also) : 'container = NULL', {
    touches: [container],
    keep: (cells) => cells.set(container, undefined),
  });
}
