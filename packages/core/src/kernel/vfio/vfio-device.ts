import type { Cell, Cells } from '../../cell.ts';
import { membersOf, type Device } from '../../machine.ts';
import { boundDriver, currentMembers } from '../group.ts';
import type { Kernel } from '../kernel.ts';

/** Members of the group that a VFIO driver has registered: while there is one, the group has a file. */
export const vfioDevices = (kernel: Kernel, cells: Cells, group: string): readonly Device[] =>
  currentMembers(kernel, cells, group).filter((device) => isVfioDevice(kernel, cells, device));

/** Its VFIO driver has probed and has not been removed. */
export function isVfioDevice(kernel: Kernel, cells: Cells, device: Device): boolean {
  const driver = boundDriver(kernel, cells, device);
  return (
    driver !== undefined && driver.managesDma && driver.forUser && cells.get(kernel.layout.device(device.name).running)
  );
}

/** Every cell that {@link vfioDevices} reads. */
export const vfioFootprint = (kernel: Kernel, group: string): readonly Cell[] =>
  membersOf(kernel.machine, group).flatMap(({ name }) => {
    const { driver, running, member } = kernel.layout.device(name);
    return [driver, running, member];
  });
