import { definePrinciple } from './define-principle.ts';

/** A group without a domain says nothing of its hardware; P6 and P10 do. Nor does it of a member that is being reset. */
export const membersAgree = definePrinciple({
  id: 'P9',
  name: 'members agree',
  sentence: "every member's hardware is on the group's domain",
  source: 'dcf40ed3a20d, e7f85dfbbc9c (6.5)',
  outcome: 'exposed',
  states: ({ members, domain, hw, recovering }) =>
    domain === 'none' ? [] : members.filter((member) => hw(member) !== domain && !recovering(member)),
});
