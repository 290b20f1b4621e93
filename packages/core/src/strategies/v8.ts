import { defineStrategy } from '../contract/define-strategy.ts';
import { countedOwner } from './counted-owner.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';

/** S4: each bus's hook configures firmware, then checks. A claim leaves the group without a domain (M08). */
export const v8 = defineStrategy({
  name: 'v8',
  says: 'each bus configures firmware, then checks; a claimed group has no domain',
  source: '20220418005000.897664-N-baolu.lu@linux.intel.com; 1ea2a07a532b, 512881eacfa7 (5.19)',
  counts: true,
  surroundings: surroundingsOf['5.19'],
  ownership: (section) => countedOwner(section, { owned: 'none', defers: false, pasids: false }),
  at: {},
});
