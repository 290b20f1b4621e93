import { defineStrategy } from '../contract/define-strategy.ts';
import { countedOwner } from './counted-owner.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';

/** S6: the members agree on a domain, and a failed claim moves nobody. */
export const linux66 = defineStrategy({
  name: '6.6',
  says: 'as 6.1; a joining member gets the domain of the group, firmware 1:1 regions are never blocked, iommufd',
  source: 'drivers/iommu/iommu.c, 6.6; e7f85dfbbc9c, dcf40ed3a20d, a48ce36e2786, 89395ccedbc1',
  counts: true,
  surroundings: surroundingsOf['6.6'],
  ownership: (section) => countedOwner(section, { owned: 'blocking', defers: false, pasids: false, sameMeaning: true }),
  at: {},
});
