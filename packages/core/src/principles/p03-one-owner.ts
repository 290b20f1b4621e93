import { takePart } from './ghosts.ts';
import { definePrinciple } from './define-principle.ts';

/** Several claims by one user (iommufd, device by device) are one owner. */
export const oneOwner = definePrinciple({
  id: 'P3',
  name: 'one owner',
  sentence: 'at most one user holds a group',
  source:
    'drivers/iommu/iommu.c, iommu_group_claim_dma_owner() ("Used for exclusive ownership"), iommu_device_claim_dma_owner()',
  outcome: 'mixed',
  states: (group) => (group.holders.length > 1 ? takePart(group) : []),
});
