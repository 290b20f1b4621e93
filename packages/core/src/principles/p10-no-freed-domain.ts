import { definePrinciple } from './define-principle.ts';

/** VFIO frees the domain of a user as soon as it is detached. */
export const noFreedDomain = definePrinciple({
  id: 'P10',
  name: 'no freed domain in use',
  sentence: 'the hardware never uses a domain that has been freed',
  source: '0286300e6045 (use after free on SMMUv3)',
  outcome: 'exposed',
  states: ({ members, hw, attachedBy }) =>
    members.filter((member) => hw(member).startsWith('user') && !attachedBy(hw(member))),
});
