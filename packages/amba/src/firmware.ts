import { ownNode, type NodeFacts } from '@busward/core';

/** What firmware says of a primecell. */
export type AmbaFacts = NodeFacts;

/** `amba_dma_configure`: the device's own node, else its ACPI companion; a copy of platform's since 4a6d9dd564d0. */
export const firmware = ownNode;
