import { EBUSY, OK, type Refinement } from '@busward/core';
import type { FslMcFacts } from './firmware.ts';

/**
 * The thread imagines that "cleverer buses like fsl-mc and host1x" know more; what, it does not say. This rule is ours: the
 * children of a container that was handed to a user are that user's, in whatever group, or in none. Within one group the
 * shared check says so already; upstream has nothing for the rest (vfio-fsl-mc only warns when a child is bound elsewhere).
 */
export const refine: Refinement<'fsl-mc', FslMcFacts> = {
  says: 'no kernel driver for the children of a container that a user owns',
  of: (device, all) =>
    all.filter((one) => one.bus === device.bus && one !== device && one.name === device.facts.container),
  judge: (_device, by, seen) => (by === 'kernel' && seen.some((container) => container.ownedByUser) ? EBUSY : OK),
};
