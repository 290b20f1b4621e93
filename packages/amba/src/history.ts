import {
  busChecks,
  busConfigures,
  checkReadingTwice,
  checkTrustingDriver,
  configureOnly,
  notYetChecked,
  type Revision,
  walkConfigures,
} from '@busward/core';
import { firmware, type AmbaFacts } from './firmware.ts';

/** drivers/amba/bus.c, amba_dma_configure(), oldest first. */
export const history: readonly Revision<'amba', AmbaFacts>[] = [
  {
    ...busConfigures,
    says: 'firmware only, through platform_dma_configure()',
    ...configureOnly(firmware, notYetChecked),
  },
  {
    ...busChecks,
    says: 'its own function since 4a6d9dd564d0; checks after firmware; a driver is taken for granted',
    ...checkTrustingDriver(firmware),
  },
  {
    ...walkConfigures,
    // A fix was posted (20260715-iommu_races-v1-1-3c4ed13b18a3@oss.qualcomm.com); 7.3.4 does not have it.
    says: 'also called without a driver; reads dev->driver twice (M20), still in 7.3.4',
    knownBugs: { 6: 'M20' },
    ...checkReadingTwice(firmware),
  },
];
