import type { Cell } from '../cell.ts';
import { OK, type Errno } from '../errno.ts';
import type { Device, User } from '../machine.ts';
import { call, perform, type Program } from '../step.ts';
import { giveBack } from './direct-claim.ts';
import type { Kernel } from './kernel.ts';
import { closeDeviceFile } from './vfio/device-file.ts';
import { closeGroupFile } from './vfio/group-file.ts';

/** The user's process is killed: whatever it has open is closed. */
export function* die(kernel: Kernel, user: User): Program<Errno> {
  for (const device of kernel.machine.devices) yield* call(() => loseDevice(kernel, user, device));
  for (const group of kernel.machine.groups) yield* call(() => loseGroup(kernel, user, group));
  return OK;
}

function* loseDevice(kernel: Kernel, user: User, device: Device): Program<void> {
  const { open } = kernel.layout.file(user.name, device.name);
  if (yield* has(`${device.name} open?`, user, open, true)) yield* closeDeviceFile(kernel, user, device);
}

function* loseGroup(kernel: Kernel, user: User, group: string): Program<void> {
  const { file } = kernel.layout.session(user.name, group);
  if (!(yield* has(`${group} unopened?`, user, file, 'none'))) yield* call(() => closeGroupFile(kernel, user, group));
  yield* giveBack(kernel, user, group);
}

function* has(what: string, user: User, cell: Cell, value: unknown): Program<boolean> {
  return yield* perform({
    name: 'do_exit',
    key: `exit ${user.name}: ${what}`,
    outcomes: [true, false],
    touches: [cell],
    run: (cells) => cells.get(cell) === value,
  });
}
