import {
  busChecks,
  checkReadingTwice,
  checkTrustingDriver,
  configureOnly,
  configureThenCheck,
  notYetChecked,
  type Revision,
  walkConfigures,
} from '@busward/core';
import { firmware, type FslMcFacts } from './firmware.ts';

/** drivers/bus/fsl-mc/fsl-mc-bus.c, fsl_mc_dma_configure(), oldest first. The commit that introduced it was not found. */
export const history: readonly Revision<'fsl-mc', FslMcFacts>[] = [
  {
    commit: '6305166c8771',
    title: 'bus: fsl-mc: Add ACPI support for fsl-mc',
    since: ['5.9'],
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
    commit: '152f33ee30ee',
    title: 'bus: fsl_mc: Fix driver_managed_dma check',
    // In "soc: drivers for 6.16" (f44d3ad7-b518-4679-8f7b-949680b26ef7@app.fastmail.com) and in the announcement of 6.15.3
    // (2025061942-premiere-surreal-fa53@gregkh).
    since: ['6.16', '6.15.3'],
    says: 'reads dev->driver once',
    ...configureThenCheck(firmware),
  },
];
