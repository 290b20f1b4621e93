import { defineStrategy } from '../contract/define-strategy.ts';
import { countedOwner } from './counted-owner.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';

/** S8: the hooks are also called without a driver and without device_lock (bcb81ac6ae3c, 6.15). */
export const linux73 = defineStrategy({
  name: '7.3',
  says: 'as 6.12; the IOMMU driver calls the bus hooks itself when it registers',
  source: 'drivers/iommu/iommu.c, 7.3.4; bcb81ac6ae3c',
  counts: true,
  surroundings: surroundingsOf['7.3'],
  ownership: (section) => countedOwner(section, { owned: 'blocking', defers: true, pasids: true }),
  at: {},
});
