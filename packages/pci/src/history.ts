import {
  checkReadingTwice,
  checkTrustingDriver,
  configureOnly,
  configureThenCheck,
  type Revision,
} from '@busward/core';
import { firmware, type PciFacts } from './firmware.ts';

/** drivers/pci/pci-driver.c, pci_dma_configure(), oldest first. */
export const history: readonly Revision<'pci', PciFacts>[] = [
  {
    commit: '07397df29e57',
    title: 'dma-mapping: move dma configuration to bus infrastructure',
    since: ['4.18'],
    says: 'firmware only',
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
    says: 'also called without a driver; reads dev->driver twice (M20)',
    ...checkReadingTwice(firmware),
  },
  {
    commit: '78447d4545b2',
    title: 'PCI: Fix driver_managed_dma check',
    since: ['6.17', '6.16.1'],
    says: 'reads dev->driver once',
    ...configureThenCheck(firmware),
  },
];
