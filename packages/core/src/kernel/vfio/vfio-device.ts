import type { Cell, Cells } from '../../cell.ts';
import { isVfioDriver, membersOf, type Device } from '../../machine.ts';
import { boundDriver, currentMembers } from '../group.ts';
import type { Kernel } from '../kernel.ts';

/** Members of the group that a VFIO driver has registered: while there is one, the group has a file. */
export const vfioDevices = (kernel: Kernel, cells: Cells, group: string): readonly Device[] =>
  currentMembers(kernel, cells, group).filter((device) => isVfioDevice(kernel, cells, device));

/** Files of its devices that users have opened past the group's file, for iommufd: while one is open, that file is busy. */
export const cdevFiles = (kernel: Kernel, group: string): readonly Cell<boolean>[] =>
  kernel.machine.users.flatMap(({ name, through }) =>
    through === 'iommufd' ? membersOf(kernel.machine, group).map((one) => kernel.layout.file(name, one.name).open) : [],
  );

/** Its VFIO driver has probed and has not been removed. */
export function isVfioDevice(kernel: Kernel, cells: Cells, device: Device): boolean {
  const driver = boundDriver(kernel, cells, device);
  return isVfioDriver(driver) && cells.get(kernel.layout.device(device.name).running);
}

/** Every cell that {@link vfioDevices} reads. */
export const vfioFootprint = (kernel: Kernel, group: string): readonly Cell[] =>
  membersOf(kernel.machine, group).flatMap(({ name }) => {
    const { driver, running, member } = kernel.layout.device(name);
    return [driver, running, member];
  });
