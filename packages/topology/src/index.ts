export type {
  Contradiction,
  Evidence,
  Found,
  FoundDevice,
  FoundGroup,
  FoundMachine,
  Need,
  Source,
  Unread,
} from './found.ts';
export { readMachine } from './disk/read-machine.ts';
export { readSources, type Given } from './read-sources.ts';
export { writeSnapshot } from './snapshot.ts';
export { machineOf, recognise, type MachineToExplore, type Recognised } from './machine.ts';
