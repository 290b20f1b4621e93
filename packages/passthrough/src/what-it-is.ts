import type { Need } from '@busward/topology';

/** What a person calls a device that the system needs. */
export const whatItIs: Readonly<Record<Need, string>> = {
  'root disk': 'the disk the system runs from',
  'active network': 'the network card that is up',
  console: 'the console',
};
