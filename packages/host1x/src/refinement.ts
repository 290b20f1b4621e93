import { EBUSY, OK, type Refinement } from '@busward/core';
import type { Host1xFacts } from './firmware.ts';

/**
 * The thread imagines that "cleverer buses like fsl-mc and host1x" know more; what, it does not say. This rule is ours:
 * clients of one channel see each other's buffers (a hypothesis), so they agree on an owner, in whatever groups they are.
 * Upstream has nothing of the kind.
 */
export const refine: Refinement<'host1x', Host1xFacts> = {
  says: 'clients of one channel have one kind of owner',
  of: (device, all) =>
    all.filter((one) => one.bus === device.bus && one !== device && one.facts['channel'] === device.facts.channel),
  judge(_device, by, seen) {
    const inTheWay = seen.some(({ driver, ownedByUser }) =>
      by === 'kernel' ? ownedByUser : driver?.managesDma === false,
    );
    return inTheWay ? EBUSY : OK;
  },
};
