export { looksLikeDeviceTree, readDeviceTree, type DeviceTree } from './device-tree.ts';
export { predictGroups } from './predict.ts';
export { groupsOf, type Behind, type PredictedDevice, type Prediction, type Remark } from './prediction.ts';
export { score, type Logged, type Score, type ScoredGroup } from './score.ts';
