import { ownNode, type NodeFacts } from '@busward/core';

/** What firmware says of a platform device. */
export type PlatformFacts = NodeFacts & {
  /** Its IOMMU puts all of its devices into one group (omap, rockchip, sprd, sun50i: generic_single_device_group). */
  readonly singleGroup?: string;
};

/** `platform_dma_configure`: the device's own node, else its ACPI companion. */
export const firmware = ownNode;
