import type { Evidence } from './found.ts';

/** What tables of the firmware call a 1:1 region, as evidence has it: DMAR, IVRS, IORT, a device tree. */
export const regionTables = ['RMRR', 'IVMD', 'reserved memory range', 'iommu-addresses'] as const;
export type RegionTable = (typeof regionTables)[number];

/** Which table told of a region; absent: nothing tells. */
export const tableOf = (from: Evidence | undefined): RegionTable | undefined =>
  regionTables.find((name) => from?.at?.includes(name));
