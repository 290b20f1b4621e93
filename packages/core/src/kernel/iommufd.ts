import { EBUSY, EINVAL, ENODEV, ENOENT, OK, type Errno } from '../errno.ts';
import type { Claim } from '../contract/strategy.ts';
import { membersOf, type Device, type User } from '../machine.ts';
import { perform, type Program } from '../step.ts';
import type { Kernel } from './kernel.ts';
import { deviceOwnership } from './ownership.ts';
import { lockGroup, unlockAfter } from './vfio/group-lock.ts';
import { isVfioDevice, vfioFootprint } from './vfio/vfio-device.ts';

/* The user side device by device (drivers/vfio/device_cdev.c, drivers/iommu/iommufd/device.c; kernel-facts 2.3). */

/**
 * VFIO_DEVICE_BIND_IOMMUFD: the first device claims the group for the user's context, further ones count up.
 * Errors: ENOENT (no such file: no iommufd in this kernel, or no VFIO driver), EBUSY (opened already, or the group is
 * in a container), and the strategy's.
 */
export function* bindIommufd(kernel: Kernel, user: User, device: Device): Program<Errno> {
  const claim = claimOf(user, device);
  if (!claim || !kernel.strategy.surroundings.vfio.iommufd) return ENOENT;
  const { container } = kernel.layout.group(claim.group);
  const files = kernel.machine.users.map((one) => kernel.layout.file(one.name, device.name).open);
  const ready = yield* lockGroup(kernel, claim.group, 'vfio_df_ioctl_bind_iommufd', {
    refuses: [ENOENT, EBUSY],
    touches: [container, ...files, ...vfioFootprint(kernel, claim.group)],
    check(cells) {
      if (!isVfioDevice(kernel, cells, device)) return ENOENT;
      return cells.get(container) !== undefined || files.some((open) => cells.get(open)) ? EBUSY : OK;
    },
  });
  if (ready !== OK) return ready;
  const { open } = kernel.layout.file(user.name, device.name);
  const own = deviceOwnership(kernel, device);
  return yield* unlockAfter(
    kernel,
    claim.group,
    'iommufd_device_bind',
    own.claim && ((also) => own.claim!(claim, also)),
    {
      touches: [open],
      keep: (cells) => cells.set(open, true),
    },
  );
}

/** VFIO_DEVICE_ATTACH_IOMMUFD_PT. Errors: EINVAL (not bound), and the strategy's. A second device of the group is free. */
export function* attachIommufd(kernel: Kernel, user: User, device: Device): Program<Errno> {
  return yield* whileBound(kernel, user, device, 'iommufd_device_attach', function* (claim, attached) {
    if (attached) return yield* unlockAfter(kernel, claim.group, 'iommufd_hw_pagetable_attach', undefined);
    return yield* unlockAfter(kernel, claim.group, '', (also) => deviceOwnership(kernel, device).attach(claim, also));
  });
}

/** VFIO_DEVICE_DETACH_IOMMUFD_PT. Errors: EINVAL (not bound). */
export function* detachIommufd(kernel: Kernel, user: User, device: Device): Program<Errno> {
  return yield* whileBound(kernel, user, device, 'iommufd_device_detach', function* (claim, attached) {
    if (!attached) return yield* unlockAfter(kernel, claim.group, 'iommufd_hw_pagetable_detach', undefined);
    return yield* unlockAfter(kernel, claim.group, '', (also) => deviceOwnership(kernel, device).detach(claim, also));
  });
}

/** The device file's close: the user's last device of the group is detached first. Errors: EINVAL (not bound). */
export function* unbindIommufd(kernel: Kernel, user: User, device: Device): Program<Errno> {
  const { open } = kernel.layout.file(user.name, device.name);
  return yield* whileBound(kernel, user, device, 'vfio_df_unbind_iommufd', function* (claim, attached, last) {
    const own = deviceOwnership(kernel, device);
    if (attached && last) yield* own.detach(claim);
    return yield* unlockAfter(
      kernel,
      claim.group,
      'iommufd_device_unbind',
      own.release && ((also) => own.release!(claim, also)),
      {
        touches: [open],
        keep: (cells) => cells.set(open, false),
      },
    );
  });
}

/** Holds the lock while the device is bound to the user; says whether his domain is attached, and by this device alone. */
function* whileBound(
  kernel: Kernel,
  user: User,
  device: Device,
  name: string,
  body: (claim: Claim, attached: boolean, last: boolean) => Program<Errno>,
): Program<Errno> {
  const claim = claimOf(user, device);
  if (!claim) return ENODEV;
  const { attached } = kernel.layout.session(user.name, claim.group);
  const { open } = kernel.layout.file(user.name, device.name);
  const all = membersOf(kernel.machine, claim.group).map((one) => kernel.layout.file(user.name, one.name).open);
  const bound = yield* lockGroup(kernel, claim.group, name, {
    refuses: [EINVAL],
    touches: [open],
    check: (cells) => (cells.get(open) ? OK : EINVAL),
  });
  if (bound !== OK) return bound;
  const found = yield* perform({
    name: 'iommufd_group',
    key: `${user.name} in ${claim.group} without ${device.name}`,
    outcomes: ['nothing attached', 'attached', 'attached by this device alone'],
    touches: [attached, ...all],
    run(cells) {
      if (!cells.get(attached)) return 'nothing attached';
      return all.filter((one) => cells.get(one)).length === 1 ? 'attached by this device alone' : 'attached';
    },
  });
  return yield* body(claim, found !== 'nothing attached', found === 'attached by this device alone');
}

const claimOf = (user: User, device: Device): Claim | undefined =>
  device.group === undefined ? undefined : { user, group: device.group, device };
