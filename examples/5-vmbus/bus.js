// @ts-check
import { defineBus } from '@busward/core';

/** @typedef {{ readonly channel: string }} VmbusFacts The channel that the host offered. */
/** @typedef {import('@busward/core').Device<'vmbus', VmbusFacts>} VmbusDevice */

/** The bus of Hyper-V's synthetic devices, as a guest sees it. Its hook only says whether DMA is coherent. */
export const vmbus = defineBus({
  name: 'vmbus',
  contract: 1,
  source: 'drivers/hv/vmbus_drv.c, vmbus_dma_configure()',
  says: "coherence only, from the host's node; no IOMMU, no group, no check",
  // Hyper-V does not provide a virtual IOMMU in the guest (Documentation/virt/hyperv/vpci.rst).
  ungrouped: 'the host has the IOMMU, and the guest none',
  /** @type {(device: VmbusDevice) => undefined} hv_setup_dma_ops() asks the root device for coherence, and nobody for ids. */
  firmware: () => undefined,
  isolation: () => [],
  example: (name) => ({ channel: name }),
  recognise: (name, prefix) => (prefix === 'hv_vmbus' ? { facts: { channel: name }, sure: true } : undefined),
  managedDrivers: [],
  history: [],

  *dma_configure(_device, kernel) {
    return kernel.ownership.bypass('no IOMMU is above this bus');
  },
  *dma_unconfigure() {},
});
