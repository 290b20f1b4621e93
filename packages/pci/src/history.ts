import {
  busChecks,
  busConfigures,
  checkReadingTwice,
  checkTrustingDriver,
  configureOnly,
  configureThenCheck,
  notYetChecked,
  type Revision,
  walkConfigures,
} from '@busward/core';
import { firmware, type PciFacts } from './firmware.ts';

/** drivers/pci/pci-driver.c, pci_dma_configure(), oldest first. */
export const history: readonly Revision<'pci', PciFacts>[] = [
  {
    ...busConfigures,
    says: 'firmware only',
    ...configureOnly(firmware, notYetChecked),
  },
  {
    ...busChecks,
    says: 'checks after firmware; a driver is taken for granted',
    ...checkTrustingDriver(firmware),
  },
  {
    ...walkConfigures,
    says: 'also called without a driver; reads dev->driver twice (M20)',
    knownBugs: { 6: 'M20' },
    ...checkReadingTwice(firmware),
  },
  {
    commit: '78447d4545b2',
    title: 'PCI: Fix driver_managed_dma check',
    // 6.16.1 by its announcement (2025081523-tapered-snarl-0875@gregkh), 6.15.10 by its review
    // (20250812174409.267769872@linuxfoundation.org).
    since: ['6.17', '6.16.1', '6.15.10'],
    says: 'reads dev->driver once',
    ...configureThenCheck(firmware),
  },
  {
    commit: 'c41e2fb67e26',
    title: 'PCI: Enable ACS after configuring IOMMU for OF platforms',
    // Inferred from mail dates; the copies in 5.10.y to 6.12.y were reverted.
    since: ['7.0'],
    says: 'also enables ACS, which decides the group it runs in (M23); that is not modelled',
    ...configureThenCheck(firmware),
  },
];
