import { defineStrategy } from '../contract/define-strategy.ts';
import { countedOwner } from './counted-owner.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';

/** S5: v8 with a blocking domain from the claim on (0286300e6045, 5.19), and with M10 mended (2380f1e8195e, 6.0). */
export const linux61 = defineStrategy({
  name: '6.1',
  says: 'each bus checks last; a claimed group is on a blocking domain',
  source: 'drivers/iommu/iommu.c, iommu_device_use_default_domain(), 6.1.192; 0286300e6045',
  counts: true,
  surroundings: surroundingsOf['6.1'],
  ownership: (section) => countedOwner(section, { owned: 'blocking', defers: false, pasids: false, sameMeaning: true }),
  at: {},
});
