import type { Cell, Cells } from '../cell.ts';
import { OK, type Errno } from '../errno.ts';
import type { Device, User } from '../machine.ts';
import { call, perform, type Program } from '../step.ts';
import { giveBack } from './direct-claim.ts';
import { unbindIommufd } from './iommufd.ts';
import type { Kernel } from './kernel.ts';
import { closeDeviceFile } from './vfio/device-file.ts';
import { closeGroupFile } from './vfio/group-file.ts';

/** The user's process is killed: whatever it has open is closed. */
export function* die(kernel: Kernel, user: User): Program<Errno> {
  for (const device of kernel.machine.devices) yield* call(() => loseDevice(kernel, user, device));
  for (const group of kernel.machine.groups) yield* call(() => loseGroup(kernel, user, group));
  return OK;
}

/** The file is let go of as it was come by (drivers/vfio/vfio_main.c, vfio_device_fops_release(), 6.12). */
function* loseDevice(kernel: Kernel, user: User, device: Device): Program<void> {
  const { open } = kernel.layout.file(user.name, device.name);
  const isOpen = yield* has(`${device.name} open?`, user, [open], (cells) => cells.get(open));
  if (isOpen)
    yield* user.through === 'iommufd' ? unbindIommufd(kernel, user, device) : closeDeviceFile(kernel, user, device);
}

/** 'claim' keeps the group's file, too, and says so by the container alone. */
function* loseGroup(kernel: Kernel, user: User, group: string): Program<void> {
  const { file } = kernel.layout.session(user.name, group);
  const { container } = kernel.layout.group(group);
  const isOpen = yield* has(
    `${group} open?`,
    user,
    [file, container],
    (cells) => cells.get(file) !== 'none' || cells.get(container) === user.name,
  );
  if (isOpen) yield* call(() => closeGroupFile(kernel, user, group));
  yield* giveBack(kernel, user, group);
}

function* has(what: string, user: User, touches: readonly Cell[], look: (cells: Cells) => boolean): Program<boolean> {
  return yield* perform({
    name: 'do_exit',
    key: `exit ${user.name}: ${what}`,
    outcomes: [true, false],
    touches,
    run: look,
  });
}
