// @ts-check

/**
 * What is known of an accelerator.
 * @typedef {object} RingFacts
 * @property {string} parent The firmware node of the ring it is on.
 * @property {string} id What it signs its requests with; the iommu-map of its ring makes a stream id of it.
 */

/** @typedef {import('@busward/core').Device<'ring', RingFacts>} Device */

/** @type {(device: Device) => import('@busward/core').FirmwareLookup} */
export const firmware = ({ facts }) => ({ node: facts.parent, id: facts.id });
