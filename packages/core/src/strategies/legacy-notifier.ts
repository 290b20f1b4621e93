import { defineStrategy } from '../contract/define-strategy.ts';
import { OK } from '../errno.ts';
import { groupDomain } from './group-domain.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';

/** S0: nobody asks; VFIO hears of a driver after it was bound, and stops the machine. */
export const legacyNotifier = defineStrategy({
  name: 'legacy',
  says: 'no check at all; VFIO is told of a driver after it was bound, and can only stop the machine',
  source: 'drivers/vfio/vfio.c, vfio_iommu_group_notifier(), 5.10; removed by 3b86f317c9c7',
  counts: false,
  surroundings: surroundingsOf['5.10'],
  ownership: (section) => ({
    *use() {
      return OK;
    },
    *unuse() {
      return OK;
    },
    claim: ({ group }) => section(group, 'vfio_group_set_container', [OK], () => OK),
    release: ({ group }) => section(group, '__vfio_group_unset_container', [OK], () => OK),
    ...groupDomain(section, (view) => view.defaultDomain),
  }),
  at: { bound: 'vfio notifier' },
});
