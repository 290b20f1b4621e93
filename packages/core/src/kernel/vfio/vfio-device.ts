import type { Cell, Cells } from '../../cell.ts';
import { isVfioDriver, membersOf, type Device } from '../../machine.ts';
import type { Kernel } from '../kernel.ts';
import { oncePerGroup } from '../once-per-group.ts';

/**
 * Whether a VFIO driver has registered a member of the group: while there is one, the group has a file. Looks no further than
 * the first.
 */
export function hasVfioDevice(kernel: Kernel, cells: Cells, group: string): boolean {
  // Spelled out, as is what it asks: most of what is tabulated of a large group comes by here.
  for (const device of membersOf(kernel.machine, group)) {
    if (isVfioDevice(kernel, cells, device)) return true;
  }
  return false;
}

/** Every cell that {@link hasVfioDevice} reads. */
export const vfioFootprint = oncePerGroup((kernel, group): readonly Cell[] =>
  membersOf(kernel.machine, group).map(({ name }) => kernel.layout.device(name).registered),
);

/** Files of its devices that users have opened past the group's file, for iommufd: while one is open, that file is busy. */
export const cdevFiles = oncePerGroup((kernel, group): readonly Cell<boolean>[] =>
  kernel.machine.users.flatMap(({ name, through }) =>
    through === 'iommufd' ? membersOf(kernel.machine, group).map((one) => kernel.layout.file(name, one.name).open) : [],
  ),
);

/**
 * Its VFIO driver has probed and has not been removed. Then it is a member: else there was nothing to register. Nothing is read where
 * the device has no such driver.
 */
export const isVfioDevice = (kernel: Kernel, cells: Cells, device: Device): boolean =>
  device.drivers.some(isVfioDriver) && cells.get(kernel.layout.device(device.name).registered);
