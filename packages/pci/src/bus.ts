import { configureThenCheck, defineBus, stubDriver, userDriver } from '@busward/core';
import { firmware, type PciFacts } from './firmware.ts';
import { isolation } from './grouping.ts';
import { history } from './history.ts';

const address = /^(?:[0-9a-f]{4,}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;

/** The PCI bus. */
export const pci = defineBus<'pci', PciFacts>({
  name: 'pci',
  source: 'drivers/pci/pci-driver.c, pci_dma_configure()',
  says: 'the host bridge describes it, by requester id; ACS, aliases and bridges decide the group',
  ...configureThenCheck(firmware),
  firmware,
  isolation,
  example: (name) => ({ address: address.test(name) ? name : `0000:00:00.0 of ${name}` }),
  recognise: (name, prefix) =>
    address.test(name) ? { facts: { address: name }, sure: true, bridge: prefix === 'pcieport' } : undefined,
  managedDrivers: [
    userDriver('vfio-pci'),
    // As sysfs has them: most are KBUILD_MODNAME, the module's name with its dashes as underscores (scripts/Makefile.lib,
    // name-fix); vfio-pci, qat_vfio_pci and xe-vfio-pci are written out (drivers/vfio/pci/*, struct pci_driver).
    userDriver('mlx5_vfio_pci'),
    userDriver('hisi_acc_vfio_pci'),
    // By grep in 6.1, 6.12 and 7.3: the oldest of these that has it.
    ...['nvgrace_gpu_vfio_pci', 'pds_vfio_pci', 'qat_vfio_pci', 'virtio_vfio_pci'].map((name) => ({
      ...userDriver(name),
      since: '6.12',
    })),
    ...['ism_vfio_pci', 'xe-vfio-pci'].map((name) => ({ ...userDriver(name), since: '7.3' })),
    stubDriver('pci-stub'),
    // It sets the flag since c7d469849747: it neither does DMA nor minds a neighbour's. Bridges are not exempt as such.
    stubDriver('pcieport'),
  ],
  history,
});
