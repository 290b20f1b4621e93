export { readBootLog, type BootLog, type LoggedDevice } from './boot-log.ts';
export { machineOfLog, type MachineOfLog } from './machine.ts';
export type { Contradiction, Evidence, Found, FoundDevice, FoundGroup, FoundMachine, Need, Source } from './found.ts';
