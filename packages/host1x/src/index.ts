export { host1x, host1x as default } from './bus.ts';
export type { Host1xFacts } from './firmware.ts';
