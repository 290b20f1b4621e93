import { configureThenCheck, defineBus, stubDriver, userDriver } from '@busward/core';
import { firmware, type PlatformFacts } from './firmware.ts';
import { isolation } from './grouping.ts';
import { history } from './history.ts';

/** A mediated device is named by a UUID, and its group is VFIO's invention. */
const mediated = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The platform bus: devices that firmware lists one by one. */
export const platform = defineBus<'platform', PlatformFacts>({
  name: 'platform',
  source: 'drivers/base/platform.c, platform_dma_configure()',
  says: 'its own firmware node, or ACPI companion; stream ids at the SMMU decide the group',
  ...configureThenCheck(firmware),
  firmware,
  isolation,
  example: (name) => ({ node: `/${name}` }),
  // Everything firmware lists is a platform device unless another bus knows better.
  recognise: (name) => (mediated.test(name) ? undefined : { facts: { node: `/${name}` }, sure: false }),
  managedDrivers: [
    userDriver('vfio-platform'),
    // powerpc's host controller shares a group with the functions behind it (M26); it sets the flag since 139a57a9918e.
    { ...stubDriver('fsl-pci'), since: '6.5' },
  ],
  history,
});
