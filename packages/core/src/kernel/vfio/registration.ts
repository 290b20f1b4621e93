import { EINVAL, OK, type Errno } from '../../errno.ts';
import type { Device, Driver, User } from '../../machine.ts';
import { perform, WAIT, type Program } from '../../step.ts';
import type { Kernel } from '../kernel.ts';
import { leaveContainer } from './container.ts';
import { vfioDevices, vfioFootprint } from './vfio-device.ts';

/** `vfio_register_group_dev`: without a group there is nothing to register, and the probe fails (EINVAL, traced). */
export function* registerWithVfio(kernel: Kernel, device: Device, driver: Driver): Program<Errno> {
  const { running, member } = kernel.layout.device(device.name);
  return yield* perform<Errno>({
    name: `${driver.name}.probe`,
    key: `register ${device.name}`,
    outcomes: [OK, EINVAL],
    touches: [running, member],
    run(cells) {
      if (!cells.get(member)) return EINVAL;
      cells.set(running, true);
      return OK;
    },
  });
}

/**
 * `vfio_unregister_group_dev`: a VFIO driver's remove blocks while a device file is open. What happens to the container
 * when the last VFIO device of the group goes is the surroundings'.
 */
export function* unregisterFromVfio(kernel: Kernel, device: Device): Program<void> {
  const { running } = kernel.layout.device(device.name);
  const files = kernel.machine.users.map((user) => kernel.layout.file(user.name, device.name).open);
  const { group } = device;
  const of = group === undefined ? undefined : kernel.layout.group(group);
  const { lastDevice } = kernel.strategy.surroundings.vfio;
  const thrownOut = yield* perform<User | undefined>({
    name: 'vfio_unregister_group_dev',
    key: `unregister ${device.name}`,
    outcomes: [undefined, ...kernel.machine.users],
    touches: [
      running,
      ...files,
      ...(of ? [of.container, of.vfioLock] : []),
      ...(group === undefined ? [] : vfioFootprint(kernel, group)),
    ],
    run(cells) {
      if (files.some((open) => cells.get(open)) || (of && cells.get(of.vfioLock))) return WAIT;
      const last = group !== undefined && vfioDevices(kernel, cells, group).length === 1;
      const user = of && kernel.machine.users.find((one) => one.name === cells.get(of.container));
      if (last && user && lastDevice === 'waits') return WAIT;
      cells.set(running, false);
      if (!last || !user || lastDevice === 'leaves') return undefined;
      cells.set(of.vfioLock, true);
      return user;
    },
  });
  if (thrownOut && group !== undefined) yield* leaveContainer(kernel, thrownOut, group);
}
