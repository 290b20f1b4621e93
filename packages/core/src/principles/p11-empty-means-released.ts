import { definePrinciple } from './define-principle.ts';

/** Speaks of hot removal. */
export const emptyMeansReleased = definePrinciple({
  id: 'P11',
  name: 'empty means released',
  sentence: 'a group that its last member leaves is neither owned nor counted, and on its default domain or none',
  source: 'drivers/iommu/iommu.c, __iommu_group_free_device() (WARN_ON)',
  outcome: 'not restored',
  events: {
    emptied({ device, ownerCount, owner, domain }, { devices }) {
      const released = ownerCount === 0 && owner === 'none' && (domain === 'none' || domain === 'default');
      return released ? [] : devices.filter(({ name }) => name === device);
    },
  },
});
