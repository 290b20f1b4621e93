import { takePart } from './ghosts.ts';
import { definePrinciple } from './define-principle.ts';

/** Only once there is a default domain to go back to; a member that is being reset goes there in the end. */
export const releaseRestores = definePrinciple({
  id: 'P7',
  name: 'release restores',
  sentence: 'a group that nobody holds and no driver has moved is on its default domain, and so is its hardware',
  source: 'drivers/iommu/iommu.c, iommu_group_release_dma_owner() and __iommu_group_set_core_domain()',
  outcome: 'not restored',
  states(group) {
    if (group.holders.length > 0 || group.attached || !group.defaultReady || group.members.some(group.movesDomain))
      return [];
    if (group.domain !== 'default') return takePart(group);
    return group.members.filter((member) => group.hw(member) !== 'default' && !group.recovering(member));
  },
});
