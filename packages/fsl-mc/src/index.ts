export { fslMc, fslMc as default } from './bus.ts';
export type { FslMcFacts } from './firmware.ts';
