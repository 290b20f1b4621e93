import { definePrinciple } from './define-principle.ts';

/** Inside a section nobody but the section moves a domain, so each move is judged where it is made; no state is split. */
export const oldOrNew = definePrinciple({
  id: 'P8',
  name: 'old domain or new',
  sentence: 'while a group moves, each member is on the old domain or on the new one, never on something else',
  source: 'drivers/iommu/iommu.c, __iommu_group_set_domain_internal()',
  outcome: 'exposed',
  events: { strayed: ({ device }, { devices }) => devices.filter(({ name }) => name === device) },
});
