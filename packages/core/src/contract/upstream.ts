import type { Facts } from '../machine.ts';
import type { Revision } from './bus.ts';

/* Commits that changed the hooks of several buses at once; each bus says what it did to its own. */

type Commit = Pick<Revision<string, Facts>, 'commit' | 'title' | 'since'>;

/** `bus_type.dma_configure` comes into being. */
export const busConfigures: Commit = {
  commit: '07397df29e57',
  title: 'dma-mapping: move dma configuration to bus infrastructure',
  since: ['4.18'],
};

/** The shared check, called from four buses. */
export const busChecks: Commit = {
  commit: '512881eacfa7',
  title: 'bus: platform,amba,fsl-mc,PCI: Add device DMA ownership management',
  since: ['5.19'],
};

/** Why platform, amba, fsl-mc and PCI did without the check before. */
export const notYetChecked = `before ${busChecks.commit} no bus checked`;

/** The hooks are also called when an IOMMU registers, without a driver and without device_lock. */
export const walkConfigures: Commit = {
  commit: 'bcb81ac6ae3c',
  title: 'iommu: Get DT/ACPI parsing into the proper probe path',
  since: ['6.15'],
};
