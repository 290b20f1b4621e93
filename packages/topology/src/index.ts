export { readBootLog, type BootLog, type LoggedDevice } from './boot-log.ts';
export { InputError } from './input-error.ts';
export { machineOfLog, type MachineOfLog } from './machine.ts';
