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
export { predict, readFirmware, type Firmware } from './firmware/read-firmware.ts';
export { groupsOf, type Behind, type PredictedDevice, type Prediction, type Remark } from './firmware/prediction.ts';
export { score, type Logged, type Score, type ScoredGroup } from './firmware/score.ts';
export { encodingOf } from './decode.ts';
export { openFirmware } from './disk/open-firmware.ts';
export { readMachine } from './disk/read-machine.ts';
export { groupsTold, isToldAlone, toTellGroups } from './groups-told.ts';
export { toldAs } from './disk/told-as.ts';
export { troubleWith } from './disk/trouble-with.ts';
export { readSources, type Given } from './read-sources.ts';
export { few } from './collect.ts';
export { isAddress, nameInLinux } from './pci-name.ts';
export { tableOf, type RegionTable } from './region-table.ts';
export { writeSnapshot } from './snapshot.ts';
export { isBridge, isBridgeClass } from './bridge.ts';
export { sameDriver } from './same-driver.ts';
export { machineOf, recognise, type MachineToExplore, type Recognised } from './machine.ts';
