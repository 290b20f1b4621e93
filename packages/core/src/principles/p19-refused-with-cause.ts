import { EPROBE_DEFER } from '../errno.ts';
import { takePart } from './ghosts.ts';
import { definePrinciple } from './define-principle.ts';

/** What is possible later is judged where it fails to happen: at a refusal for which there is no reason left. A refusal
 * while another operation is in flight may be its doing, and is not judged. */
export const refusedWithCause = definePrinciple({
  id: 'P19',
  name: 'refused with cause',
  sentence:
    'with nothing else in flight, a bind is refused only while a user holds the group, and a claim only while a member is active, another user holds it or firmware needs it',
  source: 'c490513c818d and 2380f1e8195e: two refusals without cause that were mended',
  outcome: 'refused without cause',
  events: {
    'kernel refused'({ device, errno }, { groupOf, alone }) {
      const group = groupOf(device);
      if (!alone || !group) return [];
      const cause = group.holders.length > 0 || (errno === EPROBE_DEFER && !group.defaultReady);
      return cause ? [] : group.members.filter(({ name }) => name === device);
    },
    'user refused'({ user, group }, { of, alone }) {
      if (!alone) return [];
      const { members, active, holders } = of(group);
      const cause = holders.some((one) => one !== user) || members.some((member) => member.direct || active(member));
      return cause ? [] : takePart(of(group));
    },
  },
});
