import type { Cell, Cells } from '../../cell.ts';
import { membersOf, type Device } from '../../machine.ts';
import type { Kernel } from '../kernel.ts';
import { oncePerGroup } from '../once-per-group.ts';

/**
 * Whether a VFIO driver has registered a member of the group: while there is one, the group has a file. Looks no further than
 * the first.
 */
export function hasVfioDevice(kernel: Kernel, cells: Cells, group: string): boolean {
  return membersOf(kernel.machine, group).some((device) => isVfioDevice(kernel, cells, device));
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

/** Its VFIO driver has probed and has not been removed. Then it is a member: else there was nothing to register. */
export const isVfioDevice = (kernel: Kernel, cells: Cells, device: Device): boolean =>
  cells.get(kernel.layout.device(device.name).registered);
