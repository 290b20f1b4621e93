import { defineStrategy } from '../contract/define-strategy.ts';
import { EBUSY, EINVAL, OK } from '../errno.ts';
import { ownedBy } from '../kernel/layout.ts';
import type { Driver } from '../machine.ts';
import { groupDomain } from './group-domain.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';

/**
 * S10: an owner and no count. Whoever leaves looks at his siblings' drivers and keeps the owner for them. The mails do
 * not say what VFIO's release does, nor which domain a claimed group is on; both are the merged series' here, so that
 * only the scan differs. Nor do they say whether a bind that was refused scans when it leaves: here it does not (M06).
 */
export const siblingScan = defineStrategy({
  name: 'sibling-scan',
  says: 'an owner but no count; the last kernel driver to leave, found by scanning its siblings, gives the group back',
  source:
    '3d4c3bf1-fed6-f640-dc20-36d667de7461@arm.com, 880a269d-d39d-bab3-8d19-b493e874ec99@arm.com (Robin Murphy, Feb 2022)',
  counts: false,
  surroundings: surroundingsOf['5.19'],
  ownership: (section) => ({
    use: (device) =>
      section(device, 'iommu_device_use_default_domain', [OK, EBUSY], (group) => {
        if (!group) return OK;
        if (group.owner === 'none') group.owner = 'kernel';
        return group.owner === 'kernel' ? OK : EBUSY;
      }),
    unuse: (device) =>
      section(device, 'scan of the siblings', [OK], (group) => {
        const others = group?.members.filter((member) => member.device !== device) ?? [];
        if (group?.owner === 'kernel' && !others.some(({ driver }) => usesDmaApi(driver))) group.owner = 'none';
        return OK;
      }),
    claim: ({ group, user }) =>
      section(group, 'iommu_group_claim_dma_owner', [OK, EBUSY, EINVAL], (view) => {
        if (view.owner !== 'none') return EBUSY;
        if (view.domain !== 'none' && view.domain !== view.defaultDomain) return EBUSY;
        const moved = view.setDomain('blocking');
        if (moved !== OK) return moved;
        view.owner = ownedBy(user.name);
        return OK;
      }),
    release: ({ group }) =>
      section(group, 'iommu_group_release_dma_owner', [OK], (view) => {
        view.owner = 'none';
        view.setDomainNofail(view.defaultDomain);
        return OK;
      }),
    ...groupDomain(section, (view) => (view.owner.startsWith('user') ? 'blocking' : view.defaultDomain)),
  }),
  at: {
    busUnuse: 'nothing',
    // "does need to run *after* dev->driver is cleared"; only for what dma_configure had granted, as v6's dma_cleanup is
    // called (20220218005521.172832-3-baolu.lu@linux.intel.com). With a scan by refused binds nothing was found to break.
    *afterUnbind(device, driver, configured, own) {
      if (configured && !driver.managesDma) yield* own.unuse(device);
    },
  },
});

const usesDmaApi = (driver: Driver | undefined): boolean => driver !== undefined && !driver.managesDma;
