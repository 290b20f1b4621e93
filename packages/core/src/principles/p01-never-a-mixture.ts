import { definePrinciple } from './define-principle.ts';

/** A driver that manages DMA itself (pci-stub, pcieport, an unopened vfio-pci) is not active: it may stay beside an owner. */
export const neverAMixture = definePrinciple({
  id: 'P1',
  name: 'never a mixture',
  sentence:
    'a group is entirely under kernel control or entirely under user control: while a user holds it, no member is active',
  source: '20211115020552.2378167-1-baolu.lu@linux.intel.com (cover of v1); 512881eacfa7',
  outcome: 'mixed',
  states: (group) => (group.holders.length > 0 ? group.all.filter(group.active) : []),
});
