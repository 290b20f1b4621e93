import { takePart } from './ghosts.ts';
import { definePrinciple } from './define-principle.ts';

/** The guard of `use` looks at the owner only while the count is not zero: an owner without a count is no owner (H3). */
export const ownedMeansCounted = definePrinciple({
  id: 'P5',
  name: 'owned means counted',
  sentence: 'an owned group has a count',
  source: 'drivers/iommu/iommu.c, iommu_device_use_default_domain(): the refusal is gated on the count',
  outcome: 'not restored',
  needsCount: true,
  states: (group) => (group.owner.startsWith('user') && group.ownerCount === 0 ? takePart(group) : []),
});
