import type { Ownership, Section } from '../contract/strategy.ts';
import { EBUSY, EINVAL, OK, type Ok } from '../errno.ts';
import type { GroupView } from '../kernel/group.ts';
import { driverDomain, userDomain, type Domain } from '../kernel/layout.ts';

/**
 * `iommu_attach_group` and `iommu_detach_group`, which no strategy changes: attaching looks at the group's domain only,
 * not at its owner, its count or its members (drivers/iommu/iommu.c, __iommu_attach_group(); H6). Detaching cannot be
 * refused.
 */
export function groupDomain(
  section: Section,
  /** The domain a detached group goes back to; Linux calls it the core domain. */
  coreDomain: (group: GroupView) => Domain,
): Pick<Ownership, 'attach' | 'detach' | 'attachOwn' | 'detachOwn'> {
  const attachGroup = (group: GroupView, domain: Domain): Ok | typeof EBUSY | typeof EINVAL =>
    ['none', 'default', 'blocking'].includes(group.domain) ? group.setDomain(domain) : EBUSY;
  return {
    attach: ({ group, user }) =>
      section(group, 'iommu_attach_group', [OK, EBUSY, EINVAL], (view) => attachGroup(view, userDomain(user.name))),
    detach: ({ group }) => section(group, 'iommu_detach_group', [OK], (view) => view.setDomainNofail(coreDomain(view))),
    attachOwn: (device, own = true) =>
      section(device, 'iommu_attach_group', [OK, EBUSY, EINVAL], (view) =>
        view ? attachGroup(view, driverDomain(device, own)) : OK,
      ),
    detachOwn: (device) =>
      section(device, 'iommu_detach_group', [OK], (view) => (view ? view.setDomainNofail(coreDomain(view)) : OK)),
  };
}
