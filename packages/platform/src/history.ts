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
import { firmware, type PlatformFacts } from './firmware.ts';

/** drivers/base/platform.c, platform_dma_configure(), oldest first. */
export const history: readonly Revision<'platform', PlatformFacts>[] = [
  {
    ...busConfigures,
    says: 'firmware only; amba uses the same function',
    ...configureOnly(firmware, notYetChecked),
  },
  {
    ...busChecks,
    says: 'checks after firmware; a driver is taken for granted',
    ...checkTrustingDriver(firmware),
  },
  {
    ...walkConfigures,
    says: 'also called without a driver; reads dev->driver twice (M20), until 6.15-rc6',
    knownBugs: { 6: 'M20' },
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
