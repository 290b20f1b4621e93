import type { Cell, Cells } from '../cell.ts';
import type { Device } from '../machine.ts';
import { currentMembers, groupFootprint, groupWrites } from './group.ts';
import type { Kernel } from './kernel.ts';

/** `iommu_group_add_device`, with the domain that the surroundings put a joining member on. */
export function joinGroup(kernel: Kernel, cells: Cells, device: Device, group: string): void {
  const { member, hw, crashed } = kernel.layout.device(device.name);
  const of = kernel.layout.group(group);
  const { iommu } = kernel.strategy.surroundings;
  const domain = cells.get(of.domain);
  if (device.sameStreamAs !== undefined && cells.get(kernel.layout.device(device.sameStreamAs).member)) {
    if (iommu.sharedStream === 'refused') return;
    cells.set(crashed, true);
    cells.emit({ kind: 'crashed', device: device.name, text: 'kernel BUG in arm_smmu_write_strtab_ent()' });
    return;
  }
  if (device.failsToAttach === domain || kernel.machine.withoutOps?.[group] === 'fake') return;
  // Refused by the domain it would join (a48ce36e2786), it stays without a group, and nobody is told: H2, fail-open.
  if (iommu.join === 'domain of the group' && iommu.sparesDirect && device.direct && domain === 'blocking') return;
  const owned = cells.get(of.owner).startsWith('user');
  const onDefault = iommu.join === 'default domain' || (iommu.join === 'default domain unless owned' && !owned);
  if (kernel.strategy.surroundings.vfio.warnsOfJoin && cells.get(of.container) !== undefined)
    cells.emit({ kind: 'warned', group, text: `vfio: Device ${device.name} added to live ${group}` });
  cells.set(member, true);
  cells.set(hw, onDefault && cells.get(of.defaultReady) ? 'default' : domain);
}

/**
 * The group gets its default domain, and the hardware of every member is put on it, owned or not; until 6.4 the group's own
 * idea of its domain stays, if it has one (probe_alloc_default_domain(), __iommu_group_dma_attach(); 6.5
 * iommu_setup_default_domain()). Without iommu_ops there is none to be had; a member that is being reset stays blocked.
 */
export function putOnDefault(kernel: Kernel, cells: Cells, group: string): void {
  const { domain, defaultReady } = kernel.layout.group(group);
  const moves = kernel.strategy.surroundings.iommu.join === 'domain of the group';
  if (kernel.machine.withoutOps?.[group]) return;
  cells.set(defaultReady, true);
  if (moves || cells.get(domain) === 'none') cells.set(domain, 'default');
  for (const { name } of currentMembers(kernel, cells, group)) {
    const { hw, recovering } = kernel.layout.device(name);
    if (!cells.get(recovering)) cells.set(hw, 'default');
  }
}

/** The device leaves. The last one takes the group with it: what it was still owned by is said, for P11, and gone. */
export function leaveGroup(kernel: Kernel, cells: Cells, device: Device): void {
  const { member, hw, iommu } = kernel.layout.device(device.name);
  const { group } = device;
  cells.set(member, false);
  cells.set(iommu, false);
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
  if (kernel.machine.types) cells.set(of.type, kernel.machine.types.auto);
  for (const user of kernel.machine.users) {
    const { held, attached, direct } = kernel.layout.session(user.name, group);
    cells.set(held, 0);
    cells.set(attached, false);
    // Who has claimed it keeps the old group; a device that comes back is in a new one (iommu_group_alloc()).
    cells.set(direct, false);
  }
}

/** Every cell that {@link joinGroup} and {@link putOnDefault} write. */
export const joinWrites = (kernel: Kernel, device: Device, group: string): readonly Cell[] => [
  kernel.layout.device(device.name).member,
  kernel.layout.device(device.name).crashed,
  ...groupWrites(kernel, group),
];

/** Every cell that {@link joinGroup} and {@link leaveGroup} touch. */
export const joinFootprint = (kernel: Kernel, device: Device, group: string): readonly Cell[] => [
  kernel.layout.device(device.name).member,
  kernel.layout.device(device.name).crashed,
  kernel.layout.device(device.name).iommu,
  kernel.layout.group(group).container,
  kernel.layout.group(group).type,
  ...groupFootprint(kernel, group),
  ...kernel.machine.users.flatMap(({ name }) => {
    const { held, attached, direct } = kernel.layout.session(name, group);
    return [held, attached, direct];
  }),
];
