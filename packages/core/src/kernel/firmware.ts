import type { FirmwareLookup } from '../contract/bus.ts';
import { EPROBE_DEFER, OK, type Ok, type Refusal } from '../errno.ts';
import { notMinding } from '../minded.ts';
import type { Device } from '../machine.ts';
import { note, perform, type Program } from '../step.ts';
import type { Kernel } from './kernel.ts';
import { joinFootprint, joinGroup, joinWrites, putOnDefault } from './membership.ts';

/**
 * `of_dma_configure` / `acpi_dma_configure`: where the lookup finds the device's own description and the device is in
 * no group yet, it joins its group (the "replay": of_iommu_configure() calls iommu_probe_device()). A lookup that finds nothing succeeds without
 * an IOMMU: every kernel version carries on.
 */
export function* configureFirmware(
  kernel: Kernel,
  device: Device,
  lookup: FirmwareLookup | undefined,
): Program<Ok | Refusal> {
  const name = 'of_dma_configure';
  const own = notMinding(() => kernel.bus(device).firmware(device));
  const found = lookup && own && lookup.node === own.node && String(lookup.id) === String(own.id);
  if (!found || device.group === undefined || (device.joins === 'when added' && kernel.machine.iommu === 'present')) {
    yield* note(name);
    return OK;
  }
  const { group } = device;
  const { member, iommu } = kernel.layout.device(device.name);
  const { defaultReady, registered } = kernel.layout.group(group);
  return yield* perform<Ok | Refusal>({
    name,
    key: `${name}(${device.name})`,
    outcomes: kernel.machine.iommu === 'later' ? [OK, EPROBE_DEFER] : [OK],
    touches: [iommu, registered, ...joinFootprint(kernel, device, group)],
    writes: joinWrites(kernel, device, group),
    run(cells) {
      if (cells.get(member)) return OK;
      if (kernel.strategy.surroundings.iommu.walkCallsHooks) {
        // Not ready yet: deferred, unless the IOMMU has begun with the device (da33e87bd2bf and its bypass, M21, H1).
        if (!cells.get(defaultReady)) return cells.get(iommu) ? OK : EPROBE_DEFER;
      } else if (!cells.get(registered)) return EPROBE_DEFER;
      joinGroup(kernel, cells, device, group);
      if (!cells.get(defaultReady)) putOnDefault(kernel, cells, group);
      return OK;
    },
  });
}
