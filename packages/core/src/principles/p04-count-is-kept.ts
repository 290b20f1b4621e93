import { takePart } from './ghosts.ts';
import { definePrinciple } from './define-principle.ts';

/** Speaks of a strategy's own count: where there is none it does not apply. A count that leaves its range breaks it too. */
export const countIsKept = definePrinciple({
  id: 'P4',
  name: 'the count is kept',
  sentence: "the count is the number of members in use by kernel drivers, or of the owner's claims",
  source: '20211115193904.GR2105516@nvidia.com (Jason Gunthorpe: "needs to be tracked and restored")',
  outcome: 'not restored',
  needsCount: true,
  states(group) {
    const right = group.claims(group.owner) ?? group.members.filter(group.using).length;
    return group.ownerCount === right ? [] : takePart(group);
  },
});
