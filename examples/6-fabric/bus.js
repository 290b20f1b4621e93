// @ts-check
import { configureThenCheck, defineBus, userDriver } from '@busward/core';
import { firmware } from './firmware.js';
import { refine } from './refinement.js';

/**
 * A fabric of accelerators. Each has a stream id of its own, and so a group of its own; but a request passes every
 * neighbour on its way round the ring.
 */
export const ring = defineBus({
  name: 'ring',
  contract: 1,
  source: 'made up',
  says: "the ring's node describes it, by an id of its own; a stream id each, and so a group each",
  ...configureThenCheck(firmware),
  firmware,
  isolation: ({ facts }) => [`smmu@${facts.id}`],
  example: factsOf,
  recognise: (name) => (/^ring\d/.test(name) ? { facts: factsOf(name), sure: true } : undefined),
  managedDrivers: [userDriver('vfio-ring')],
  refine,
  history: [],
});

/**
 * @param {string} name
 * @returns {import('./firmware.js').RingFacts}
 */
function factsOf(name) {
  return { parent: '/ring', id: name };
}
