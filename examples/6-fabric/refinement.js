// @ts-check
import { EBUSY, OK } from '@busward/core';

/** @type {import('@busward/core').Refinement<'ring', import('./firmware.js').RingFacts>} */
export const refine = {
  says: 'the devices of one ring have one kind of owner',
  of: ({ name, facts }, all) =>
    all.filter((one) => one.bus === 'ring' && one.name !== name && one.facts.parent === facts.parent),
  judge(_device, by, seen) {
    const inTheWay = seen.some(({ driver, ownedByUser }) =>
      by === 'kernel' ? ownedByUser : driver?.managesDma === false,
    );
    return inTheWay ? EBUSY : OK;
  },
};
