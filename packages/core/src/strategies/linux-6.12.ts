import { defineStrategy } from '../contract/define-strategy.ts';
import { countedOwner } from './counted-owner.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';

/** S7: no default domain yet is a reason to defer (b46064a18810). */
export const linux612 = defineStrategy({
  name: '6.12',
  says: 'as 6.6; a bind waits for the default domain',
  source: 'drivers/iommu/iommu.c, 6.12.117; b46064a18810',
  counts: true,
  surroundings: surroundingsOf['6.6'],
  ownership: (section) => countedOwner(section, { owned: 'blocking', defers: true, pasids: true }),
  at: {},
});
