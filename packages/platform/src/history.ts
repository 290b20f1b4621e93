import {
  checkReadingTwice,
  checkTrustingDriver,
  configureOnly,
  configureThenCheck,
  type Revision,
} from '@busward/core';
import { firmware, type PlatformFacts } from './firmware.ts';

/** drivers/base/platform.c, platform_dma_configure(), oldest first. */
export const history: readonly Revision<'platform', PlatformFacts>[] = [
  {
    commit: '07397df29e57',
    title: 'dma-mapping: move dma configuration to bus infrastructure',
    since: ['4.18'],
    says: 'firmware only; amba uses the same function',
    ...configureOnly(firmware),
  },
  {
    commit: '512881eacfa7',
    title: 'bus: platform,amba,fsl-mc,PCI: Add device DMA ownership management',
    since: ['5.19'],
    says: 'checks after firmware; a driver is taken for granted',
    ...checkTrustingDriver(firmware),
  },
  {
    commit: 'bcb81ac6ae3c',
    title: 'iommu: Get DT/ACPI parsing into the proper probe path',
    since: ['6.15'],
    says: 'also called without a driver; reads dev->driver twice (M20), until 6.15-rc6',
    ...checkReadingTwice(firmware),
  },
  {
    commit: '95deee37a123',
    title: 'platform: Fix race condition during DMA configure at IOMMU probe time',
    since: ['6.15'],
    says: 'reads dev->driver once',
    ...configureThenCheck(firmware),
  },
];
