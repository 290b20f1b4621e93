import { definePrinciple } from './define-principle.ts';

/** A crash that root can reach on a locked-down kernel, or anybody at all. */
export const noCrash = definePrinciple({
  id: 'P14',
  name: 'no crash',
  sentence: 'violations are error codes, not BUG_ON',
  source: '20211115020552.2378167-1-baolu.lu@linux.intel.com; 3b86f317c9c7',
  outcome: 'crash',
  events: { crashed: ({ device }, { devices }) => devices.filter(({ name }) => name === device) },
});
