import { EBUSY, EINVAL, ENODEV, ENOENT, OK, type Errno } from '../errno.ts';
import type { Claim } from '../contract/strategy.ts';
import { membersOf, type Device, type User } from '../machine.ts';
import { perform, type Program } from '../step.ts';
import type { Kernel } from './kernel.ts';
import { vfioOwnership } from './ownership.ts';
import { lockGroup, unlockAfter } from './vfio/group-lock.ts';
import { isVfioDevice, vfioFootprint } from './vfio/vfio-device.ts';

/* The user side device by device (drivers/vfio/device_cdev.c, drivers/iommu/iommufd/device.c). */

/**
 * VFIO_DEVICE_BIND_IOMMUFD: the first device claims the group for the user's context, further ones count up.
 * Errors: ENOENT (no such file: no iommufd in this kernel, or no VFIO driver), EBUSY (somebody has the group's file),
 * EINVAL (opened already), and the strategy's.
 */
export function* bindIommufd(kernel: Kernel, user: User, device: Device): Program<Errno> {
  const claim = claimOf(user, device);
  if (!claim || !kernel.strategy.surroundings.vfio.iommufd) return ENOENT;
  const { container } = kernel.layout.group(claim.group);
  const files = kernel.machine.users.map((one) => kernel.layout.file(one.name, device.name).open);
  const groupFiles = kernel.machine.users.map((one) => kernel.layout.session(one.name, claim.group).file);
  const ready = yield* lockGroup(kernel, claim.group, 'vfio_df_ioctl_bind_iommufd', {
    key: device.name,
    refuses: [ENOENT, EBUSY, EINVAL],
    touches: [container, ...groupFiles, ...files, ...vfioFootprint(kernel, claim.group)],
    check(cells) {
      if (!isVfioDevice(kernel, cells, device)) return ENOENT;
      if (cells.get(container) !== undefined || groupFiles.some((file) => cells.get(file) === 'open')) return EBUSY;
      return files.some((open) => cells.get(open)) ? EINVAL : OK;
    },
  });
  if (ready !== OK) return ready;
  const { open } = kernel.layout.file(user.name, device.name);
  const own = vfioOwnership(kernel, claim.group);
  return yield* unlockAfter(
    kernel,
    claim.group,
    own.claim ? (also) => own.claim!(claim, also) : 'iommufd_device_bind',
    {
      touches: [open],
      keep: (cells) => cells.set(open, true),
    },
  );
}

/**
 * VFIO_DEVICE_ATTACH_IOMMUFD_PT: the first device of the user attaches the group; one that is attached already is left as it
 * is (iommufd_device_replace() by the same). Errors: EINVAL (not bound), and the strategy's.
 */
export function* attachIommufd(kernel: Kernel, user: User, device: Device): Program<Errno> {
  const { open, attached } = kernel.layout.file(user.name, device.name);
  return yield* withOthers(
    kernel,
    user,
    device,
    'iommufd_device_attach',
    { attached: false, otherwise: OK },
    (claim, first) =>
      unlockAfter(
        kernel,
        claim.group,
        first ? (also) => vfioOwnership(kernel, claim.group).attach(claim, also) : 'iommufd_hw_pagetable_attach',
        { touches: [open, attached], keep: (cells) => cells.set(attached, true) },
      ),
  );
}

/**
 * VFIO_DEVICE_DETACH_IOMMUFD_PT: the last device of the user detaches the group; nothing to do is no error.
 * Errors: EINVAL (not bound).
 */
export function* detachIommufd(kernel: Kernel, user: User, device: Device): Program<Errno> {
  return yield* withOthers(
    kernel,
    user,
    device,
    'iommufd_device_detach',
    { attached: true, otherwise: OK },
    (claim, last) => detachAndUnlock(kernel, claim, device, last),
  );
}

/** The device file's close: detaches the device if it is attached, then gives its claim back. Errors: EINVAL (not bound). */
export function* unbindIommufd(kernel: Kernel, user: User, device: Device): Program<Errno> {
  const { open, attached } = kernel.layout.file(user.name, device.name);
  const isAttached = yield* perform({
    name: 'vfio_df_unbind_iommufd',
    key: `attached? ${user.name} ${device.name}`,
    outcomes: [true, false],
    touches: [attached],
    run: (cells) => cells.get(attached),
  });
  if (isAttached) yield* detachIommufd(kernel, user, device);
  return yield* withOthers(
    kernel,
    user,
    device,
    'iommufd_device_unbind',
    { attached: false, otherwise: EINVAL },
    (claim) => {
      const { release } = vfioOwnership(kernel, claim.group);
      return unlockAfter(kernel, claim.group, release ? (also) => release(claim, also) : 'iommufd_device_unbind', {
        touches: [open],
        keep: (cells) => cells.set(open, false),
      });
    },
  );
}

function detachAndUnlock(kernel: Kernel, claim: Claim, device: Device, last: boolean): Program<Errno> {
  const { attached } = kernel.layout.file(claim.user.name, device.name);
  return unlockAfter(
    kernel,
    claim.group,
    last ? (also) => vfioOwnership(kernel, claim.group).detach(claim, also) : 'iommufd_hw_pagetable_detach',
    { touches: [attached], keep: (cells) => cells.set(attached, false) },
  );
}

/**
 * Holds the lock while the device is as `expected`, and says whether no other device of the user in the group is attached.
 * Errors: EINVAL (it is not as expected), ENODEV (it has no group).
 */
function* withOthers(
  kernel: Kernel,
  user: User,
  device: Device,
  name: string,
  expected: { readonly attached: boolean; readonly otherwise: Errno },
  body: (claim: Claim, alone: boolean) => Program<Errno>,
): Program<Errno> {
  const claim = claimOf(user, device);
  if (!claim) return ENODEV;
  const mine = kernel.layout.file(user.name, device.name);
  const others = membersOf(kernel.machine, claim.group)
    .filter((one) => one !== device)
    .map((one) => kernel.layout.file(user.name, one.name).attached);
  const ready = yield* lockGroup(kernel, claim.group, name, {
    key: `${user.name} ${device.name}`,
    refuses: [EINVAL, EBUSY],
    touches: [mine.open, mine.attached],
    check(cells) {
      if (!cells.get(mine.open)) return EINVAL;
      return cells.get(mine.attached) === expected.attached ? OK : EBUSY;
    },
  });
  if (ready === EBUSY) return expected.otherwise;
  if (ready !== OK) return ready;
  const alone = yield* perform({
    name: 'iommufd_group',
    key: `${user.name} in ${claim.group} beside ${device.name}`,
    outcomes: [true, false],
    touches: others,
    run: (cells) => !others.some((attached) => cells.get(attached)),
  });
  return yield* body(claim, alone);
}

const claimOf = (user: User, device: Device): Claim | undefined =>
  device.group === undefined ? undefined : { user, group: device.group, device };
