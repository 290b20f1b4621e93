import { definePrinciple } from './define-principle.ts';

/** Firmware goes on doing DMA there, owner or not (M17). */
export const firmwareRegionsStay = definePrinciple({
  id: 'P13',
  name: 'firmware regions stay',
  sentence: 'a device with a firmware 1:1 region is never on a blocking domain',
  source: 'a48ce36e2786',
  outcome: 'refused without cause',
  states: ({ members, hw }) => members.filter((member) => member.direct && hw(member) === 'blocking'),
});
