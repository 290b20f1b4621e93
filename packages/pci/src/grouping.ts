import type { Device } from '@busward/core';
import type { PciFacts } from './firmware.ts';

/**
 * `pci_device_group` (drivers/iommu/iommu.c), as keys: requester ids and aliases; a bridge without ACS above; the slot
 * of a multifunction device without ACS; and the stream ids that iommu-map makes of all this.
 */
export function isolation({ facts }: Device<'pci', PciFacts>): readonly string[] {
  return [
    ...[facts.address, ...(facts.aliases ?? [])].map((address) => `rid ${address}`),
    ...(facts.withoutAcsBelow === undefined ? [] : [`below ${facts.withoutAcsBelow}`]),
    ...(facts.sharedFunctions ? [`slot ${facts.address.slice(0, facts.address.lastIndexOf('.'))}`] : []),
    ...(facts.streams ?? []),
  ];
}
