export { amba, amba as default } from './bus.ts';
export type { AmbaFacts } from './firmware.ts';
