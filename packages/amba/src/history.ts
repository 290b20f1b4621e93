import { checkReadingTwice, checkTrustingDriver, configureOnly, type Revision } from '@busward/core';
import { firmware, type AmbaFacts } from './firmware.ts';

/** drivers/amba/bus.c, amba_dma_configure(), oldest first. */
export const history: readonly Revision<'amba', AmbaFacts>[] = [
  {
    commit: '07397df29e57',
    title: 'dma-mapping: move dma configuration to bus infrastructure',
    since: ['4.18'],
    says: 'firmware only, through platform_dma_configure()',
    ...configureOnly(firmware),
  },
  {
    commit: '512881eacfa7',
    title: 'bus: platform,amba,fsl-mc,PCI: Add device DMA ownership management',
    since: ['5.19'],
    says: 'its own function since 4a6d9dd564d0; checks after firmware; a driver is taken for granted',
    ...checkTrustingDriver(firmware),
  },
  {
    commit: 'bcb81ac6ae3c',
    title: 'iommu: Get DT/ACPI parsing into the proper probe path',
    since: ['6.15'],
    // A fix was posted (20260715-iommu_races-v1-1-3c4ed13b18a3@oss.qualcomm.com); 7.3.4 does not have it.
    says: 'also called without a driver; reads dev->driver twice (M20), still in 7.3.4',
    ...checkReadingTwice(firmware),
  },
];
