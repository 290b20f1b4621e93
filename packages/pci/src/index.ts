export { pci, pci as default } from './bus.ts';
export type { PciFacts } from './firmware.ts';
