import type { Ownership, Section } from '../contract/strategy.ts';
import { EBUSY, EINVAL, EPERM, EPROBE_DEFER, OK } from '../errno.ts';
import type { GroupView } from '../kernel/group.ts';
import { isIdentity, ownedBy, userDomain } from '../kernel/layout.ts';
import { groupDomain } from './group-domain.ts';

/**
 * One count with two meanings, told apart by the owner: kernel drivers bound, or a user's claims. In Linux since
 * 1ea2a07a532b. The guard of `use` asks for the owner only while the count is not zero: a lost count is a lost owner (H3).
 */
export function countedOwner(
  section: Section,
  since: {
    /** What the group is on between a claim and the user's attach: nothing (M08), or a domain that blocks (0286300e6045). */
    readonly owned: 'none' | 'blocking';
    /** `use` waits for the default domain (b46064a18810). */
    readonly defers: boolean;
    /** An iommufd attach makes `pasid_array` non-empty (fb21b1568ada, 6.15; in 6.12.y by the review of 6.12.24). */
    readonly pasids: boolean;
    /** Where the default domain is identity, `use` takes any other identity domain for it (2380f1e8195e to 189116d5ad54; M10). */
    readonly sameMeaning?: true;
  },
): Ownership {
  const isDefault = (group: GroupView): boolean =>
    group.domain === group.defaultDomain ||
    (since.sameMeaning === true && group.defaultType === 'identity' && isIdentity(group.domain));
  const domains = groupDomain(section, (view) => (view.owner === 'none' ? view.defaultDomain : since.owned));
  return {
    use: (device) =>
      section(
        device,
        'iommu_device_use_default_domain',
        [OK, EBUSY, ...(since.defers ? ([EPROBE_DEFER] as const) : [])],
        (group) => {
          if (!group) return OK;
          if (since.defers && group.defaultDomain === 'none') return EPROBE_DEFER;
          if (group.ownerCount > 0 && (!isDefault(group) || group.owner !== 'none' || group.pasids)) return EBUSY;
          group.ownerCount += 1;
          return OK;
        },
      ),
    unuse: (device) =>
      section(device, 'iommu_device_unuse_default_domain', [OK], (group) => {
        if (!group) return OK;
        if (group.ownerCount === 0 || group.pasids)
          group.warn('iommu_device_unuse_default_domain: nothing to give back');
        else group.ownerCount -= 1;
        return OK;
      }),
    claim: ({ group, user, device }) =>
      section(
        group,
        device ? 'iommu_device_claim_dma_owner' : 'iommu_group_claim_dma_owner',
        [OK, EPERM, EBUSY, EINVAL],
        (view) => {
          if (view.ownerCount > 0 && device && view.owner === ownedBy(user.name)) {
            view.ownerCount += 1;
            return OK;
          }
          if (view.ownerCount > 0) return EPERM;
          if (isForeign(view) || view.pasids) return EBUSY;
          const moved = view.setDomain(since.owned);
          if (moved !== OK) return moved;
          view.owner = ownedBy(user.name);
          view.ownerCount = 1;
          return OK;
        },
      ),
    release: ({ group, device }) =>
      section(group, device ? 'iommu_device_release_dma_owner' : 'iommu_group_release_dma_owner', [OK], (view) => {
        if (device && view.ownerCount > 1) {
          view.ownerCount -= 1;
          return OK;
        }
        if (view.ownerCount === 0 || view.owner === 'none' || view.pasids) {
          view.warn('iommu_group_release_dma_owner: not owned');
          return OK;
        }
        view.ownerCount = 0;
        view.owner = 'none';
        if (since.owned === 'none' && view.domain !== 'none')
          view.warn('iommu_group_release_dma_owner: a domain is still attached');
        else view.setDomainNofail(view.defaultDomain);
        return OK;
      }),
    ...domains,
    attach: (claim) =>
      since.pasids && claim.device
        ? section(claim.group, 'iommu_attach_group_handle', [OK, EBUSY, EINVAL], (view) => {
            if (view.pasids) return EBUSY;
            const attached =
              isForeign(view) && view.domain !== 'blocking' ? EBUSY : view.setDomain(userDomain(claim.user.name));
            if (attached === OK) view.pasids = true;
            return attached;
          })
        : domains.attach(claim),
    detach: (claim) =>
      since.pasids && claim.device
        ? section(claim.group, 'iommu_detach_group_handle', [OK], (view) => {
            view.pasids = false;
            return view.setDomainNofail(view.owner === 'none' ? view.defaultDomain : since.owned);
          })
        : domains.detach(claim),
  };
}

/** A domain that is neither the default one nor none at all. */
const isForeign = (group: GroupView): boolean => group.domain !== group.defaultDomain && group.domain !== 'none';
