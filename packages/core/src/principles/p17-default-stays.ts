import { definePrinciple } from './define-principle.ts';

/** A driver that probed before there was a default domain has set up its DMA without one (M19). */
export const defaultStays = definePrinciple({
  id: 'P17',
  name: 'the default domain stays',
  sentence: 'the default domain does not change under a kernel driver that runs',
  source: 'b46064a18810',
  outcome: 'exposed',
  states: ({ members, startedEarly, defaultReady }) => (defaultReady ? members.filter(startedEarly) : []),
});
