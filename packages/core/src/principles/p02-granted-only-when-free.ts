import { definePrinciple } from './define-principle.ts';

/** Judged at the two moments it speaks of; P1 also sees a mixture that came about by joining. */
export const grantedOnlyWhenFree = definePrinciple({
  id: 'P2',
  name: 'granted only when free',
  sentence: 'a claim is granted only while no member is active, and while it is held no member becomes active',
  source:
    '20211115132442.GA2379906@nvidia.com (Jason Gunthorpe: "no driver is bound and prevent future drivers from being bound")',
  outcome: 'mixed',
  events: {
    granted: ({ group }, { of }) => of(group).all.filter(of(group).active),
    started: ({ device }, { groupOf }) => {
      const group = groupOf(device);
      return group && group.holders.length > 0 ? group.all.filter(({ name }) => name === device) : [];
    },
  },
});
