export type { AcpiFacts, AcpiIommu, FunctionsBehind, NamespaceDevice, ReservedRegion } from './acpi-facts.ts';
export { looksLikeAcpiTable, type AcpiTable, type Signature } from './acpi-table.ts';
export { looksLikeDeviceTree, readDeviceTree, type DeviceTree } from './device-tree.ts';
export { predictAcpi, readAcpi, type AcpiReading } from './predict-acpi.ts';
export { predictGroups } from './predict.ts';
export { groupsOf, type Behind, type PredictedDevice, type Prediction, type Remark } from './prediction.ts';
export { score, type Logged, type Score, type ScoredGroup } from './score.ts';
