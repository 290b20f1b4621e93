import type { Ownership, Section } from '../contract/strategy.ts';
import { EBUSY, EPERM, OK } from '../errno.ts';
import { ownedBy } from '../kernel/layout.ts';
import { groupDomain } from './group-domain.ts';

/**
 * Owner type and count, as in the first drafts: the first to come sets the type, and a release of the wrong type is
 * refused, so that a stray kernel release cannot take a user's count (v1 and v4; lost in v6). A user's claim detaches
 * the group and leaves it without a domain (M08).
 */
export function typedOwner(
  section: Section,
  draft: {
    readonly otherUser: typeof EPERM | typeof EBUSY;
    /** A user claims a group that a kernel driver has moved to a domain of its own. */
    readonly foreignDomain: 'refused' | 'warned about';
  },
): Ownership {
  return {
    use: (device) =>
      section(device, 'iommu_device_set_dma_owner', [OK, EBUSY], (group) => {
        if (!group) return OK;
        if (group.owner !== 'none' && group.owner !== 'kernel') return EBUSY;
        group.owner = 'kernel';
        group.ownerCount += 1;
        return OK;
      }),
    unuse: (device) =>
      section(device, 'iommu_device_release_dma_owner', [OK], (group) => {
        if (!group) return OK;
        if (group.owner !== 'kernel') group.warn('iommu_device_release_dma_owner: not owned by the kernel');
        else if (--group.ownerCount === 0) group.owner = 'none';
        return OK;
      }),
    claim: ({ group, user }) =>
      section(group, 'iommu_group_set_dma_owner', [OK, EBUSY, EPERM], (view) => {
        if (view.owner === 'kernel') return EBUSY;
        if (view.owner !== 'none' && view.owner !== ownedBy(user.name)) return draft.otherUser;
        if (view.ownerCount === 0 && view.domain !== 'none' && view.domain !== view.defaultDomain) {
          if (draft.foreignDomain === 'refused') return EBUSY;
          view.warn('iommu_group_set_dma_owner: the domain is not the default one');
        } else if (view.ownerCount === 0) view.setDomainNofail('none');
        view.owner = ownedBy(user.name);
        view.ownerCount += 1;
        return OK;
      }),
    release: ({ group, user }) =>
      section(group, 'iommu_group_release_dma_owner', [OK], (view) => {
        if (view.owner !== ownedBy(user.name)) {
          view.warn('iommu_group_release_dma_owner: not the owner');
          return OK;
        }
        if (--view.ownerCount > 0) return OK;
        view.owner = 'none';
        if (view.domain === 'none') view.setDomainNofail(view.defaultDomain);
        else view.warn('iommu_group_release_dma_owner: a domain is still attached');
        return OK;
      }),
    ...groupDomain(section, (view) => (view.owner === 'none' || view.owner === 'kernel' ? view.defaultDomain : 'none')),
  };
}
