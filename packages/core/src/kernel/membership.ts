import type { Cell, Cells } from '../cell.ts';
import type { Device } from '../machine.ts';
import { currentMembers, groupFootprint } from './group.ts';
import type { Kernel } from './kernel.ts';

/** `iommu_group_add_device`, with the domain that the surroundings put a joining member on. */
export function joinGroup(kernel: Kernel, cells: Cells, device: Device, group: string): void {
  const { member, hw } = kernel.layout.device(device.name);
  const of = kernel.layout.group(group);
  const { iommu } = kernel.strategy.surroundings;
  const domain = cells.get(of.domain);
  // Refused by the domain it would join (a48ce36e2786), it stays without a group, and nobody is told: H2, fail-open.
  if (iommu.join === 'domain of the group' && iommu.sparesDirect && device.direct && domain === 'blocking') return;
  const owned = cells.get(of.owner).startsWith('user');
  const onDefault = iommu.join === 'default domain' || (iommu.join === 'default domain unless owned' && !owned);
  if (kernel.strategy.surroundings.vfio.warnsOfJoin && cells.get(of.container) !== undefined)
    cells.emit({ kind: 'warned', text: `vfio: Device ${device.name} added to live group ${group}` });
  cells.set(member, true);
  cells.set(hw, onDefault && cells.get(of.defaultReady) ? 'default' : domain);
}

/** The device leaves. The last one takes the group with it: what it was still owned by is said, for P11, and gone. */
export function leaveGroup(kernel: Kernel, cells: Cells, device: Device): void {
  const { member, hw } = kernel.layout.device(device.name);
  const { group } = device;
  cells.set(member, false);
  cells.set(hw, 'none');
  if (group === undefined || currentMembers(kernel, cells, group).length > 0) return;
  const of = kernel.layout.group(group);
  cells.emit({
    kind: 'emptied',
    device: device.name,
    group,
    owner: cells.get(of.owner),
    ownerCount: cells.get(of.ownerCount),
    domain: cells.get(of.domain),
  });
  cells.set(of.owner, 'none');
  cells.set(of.ownerCount, 0);
  cells.set(of.domain, cells.get(of.defaultReady) ? 'default' : 'none');
  for (const user of kernel.machine.users) {
    const { held, attached } = kernel.layout.session(user.name, group);
    cells.set(held, 0);
    cells.set(attached, false);
  }
}

/** Every cell that {@link joinGroup} and {@link leaveGroup} touch. */
export const joinFootprint = (kernel: Kernel, device: Device, group: string): readonly Cell[] => [
  kernel.layout.device(device.name).member,
  kernel.layout.group(group).container,
  ...groupFootprint(kernel, group),
  ...kernel.machine.users.flatMap(({ name }) => {
    const { held, attached } = kernel.layout.session(name, group);
    return [held, attached];
  }),
];
