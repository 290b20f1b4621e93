import { definePrinciple } from './define-principle.ts';

/** From the claim on, whoever bound the members before must not be reachable by their DMA. Says nothing where no IOMMU can. */
export const blockedUntilAttached = definePrinciple({
  id: 'P6',
  name: 'blocked until attached',
  sentence: 'from a claim to the first attach, and after a detach while owned, the hardware blocks every member',
  source: '0286300e6045 ("DMA is immediately fully isolated")',
  outcome: 'exposed',
  states: ({ members, holders, attached, hw, withoutOps }) =>
    holders.length > 0 && !attached && !withoutOps ? members.filter((member) => hw(member) !== 'blocking') : [],
});
