import { configureThenCheck, defineBus, userDriver, type Bus, type Facts } from '@busward/core';

const firmware = ({ name }: { readonly name: string }) => ({ node: `/${name}` });

/** A bus in the contract's form and nothing else, to share groups with where no other bus is given. */
export const neighbour = defineBus<'neighbour', Facts>({
  name: 'neighbour',
  source: 'made up',
  says: "the contract's form",
  ...configureThenCheck(firmware),
  firmware,
  isolation: ({ name }) => [name],
  example: () => ({}),
  recognise: () => undefined,
  managedDrivers: [userDriver('vfio-neighbour')],
  history: [],
}) as Bus;
