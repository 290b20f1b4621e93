import type { Cells } from '../cell.ts';
import type { FirmwareLookup } from '../contract/bus.ts';
import { EPROBE_DEFER, OK, type Ok, type Refusal } from '../errno.ts';
import type { Device } from '../machine.ts';
import { note, perform, type Program } from '../step.ts';
import { currentMembers, groupFootprint } from './group.ts';
import type { Kernel } from './kernel.ts';

/**
 * `of_dma_configure` / `acpi_dma_configure`: where the lookup finds the device's own description and the device is in
 * no group yet, it joins its group (the "replay" of kernel-facts 2.2.4). A lookup that finds nothing succeeds without
 * an IOMMU: every kernel version carries on.
 */
export function* configureFirmware(
  kernel: Kernel,
  device: Device,
  lookup: FirmwareLookup | undefined,
): Program<Ok | Refusal> {
  const name = 'of_dma_configure';
  const own = kernel.bus(device).firmware(device);
  const found = lookup && own && lookup.node === own.node && String(lookup.id) === String(own.id);
  if (!found || device.group === undefined || (device.joins === 'when added' && kernel.machine.iommu === 'present')) {
    yield* note(name);
    return OK;
  }
  const { group } = device;
  const { member } = kernel.layout.device(device.name);
  const { defaultReady } = kernel.layout.group(group);
  return yield* perform<Ok | Refusal>({
    name,
    key: `${name}(${device.name})`,
    outcomes: kernel.machine.iommu === 'later' ? [OK, EPROBE_DEFER] : [OK],
    touches: [member, ...groupFootprint(kernel, group)],
    run(cells) {
      if (cells.get(member)) return OK;
      if (!cells.get(defaultReady)) return EPROBE_DEFER;
      joinGroup(kernel, cells, device, group);
      return OK;
    },
  });
}

/** `iommu_group_add_device`, with the domain that the surroundings put a joining member on (kernel-facts 2.2.3). */
export function joinGroup(kernel: Kernel, cells: Cells, device: Device, group: string): void {
  const { member, hw } = kernel.layout.device(device.name);
  const of = kernel.layout.group(group);
  const { iommu } = kernel.strategy.surroundings;
  const domain = cells.get(of.domain);
  // Refused by the domain it would join (a48ce36e2786), it stays without a group, and nobody is told: H2, fail-open.
  if (iommu.join === 'domain of the group' && iommu.sparesDirect && device.direct && domain === 'blocking') return;
  const owned = cells.get(of.owner).startsWith('user');
  const onDefault = iommu.join === 'default domain' || (iommu.join === 'default domain unless owned' && !owned);
  cells.set(member, true);
  cells.set(hw, onDefault && cells.get(of.defaultReady) ? 'default' : domain);
}

/** The device leaves; what an empty group still holds is seen by P11 and then freed with it. */
export function leaveGroup(kernel: Kernel, cells: Cells, device: Device): void {
  const { member, hw } = kernel.layout.device(device.name);
  cells.set(member, false);
  cells.set(hw, 'none');
  if (device.group !== undefined && currentMembers(kernel, cells, device.group).length === 0)
    cells.emit({ kind: 'emptied', device: device.name, group: device.group });
}
