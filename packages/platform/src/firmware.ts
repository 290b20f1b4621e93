import { ownNode, type NodeFacts } from '@busward/core';

/** What firmware says of a platform device. */
export type PlatformFacts = NodeFacts & {
  /** Its IOMMU puts all of its devices into one group (generic_single_device_group; docs/buses/platform.md has the drivers). */
  readonly singleGroup?: string;
};

/** `platform_dma_configure`: the device's own node, else its ACPI companion. */
export const firmware = ownNode;
