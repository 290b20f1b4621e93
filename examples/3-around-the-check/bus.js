// @ts-check
import { defineBus } from '@busward/core';

/** A fabric whose author was sure that it needs no check. He had to say so; whether he was right, exploration tells. */
export const fabric = defineBus({
  name: 'fabric',
  source: 'made up',
  says: 'its own node; goes around the check',
  firmware: ({ name }) => ({ node: `/fabric/${name}` }),
  isolation: ({ name }) => [`fabric ${name}`],
  example: () => ({}),
  recognise: () => undefined,
  managedDrivers: [],
  history: [],

  *dma_configure(device, kernel) {
    const configured = yield* kernel.firmware.configure(device, { node: `/fabric/${device.name}` });
    if (configured !== 'OK') return configured;
    return kernel.ownership.bypass('the fabric isolates its devices by itself');
  },
  *dma_unconfigure() {},
});
