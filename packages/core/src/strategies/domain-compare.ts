import { defineStrategy } from '../contract/define-strategy.ts';
import { EBUSY, OK } from '../errno.ts';
import { groupDomain } from './group-domain.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';

/**
 * S9: ownership is "dev->iommu_group->domain != dev->iommu_group->default_domain". Nothing is claimed, counted or given
 * back; a user owns from his attach to his detach. The mail says nothing of SET_CONTAINER, so it claims nothing here.
 */
export const domainCompare = defineStrategy({
  name: 'domain-compare',
  says: 'a group is owned if it is not on its default domain; no count, no claim, nothing to give back',
  source: 'cc9878ae-df49-950c-f4f8-2e6ba545079b@arm.com (Robin Murphy, 15 Nov 2021)',
  counts: false,
  surroundings: { ...surroundingsOf['5.16'], vfio: surroundingsOf['5.19'].vfio },
  ownership: (section) => ({
    use: (device) =>
      section(device, 'domain != default_domain', [OK, EBUSY], (group) =>
        group && group.domain !== group.defaultDomain ? EBUSY : OK,
      ),
    *unuse() {
      return OK;
    },
    ...groupDomain(section, (view) => view.defaultDomain),
  }),
  at: {},
});
