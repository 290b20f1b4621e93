export { platform, platform as default } from './bus.ts';
export type { PlatformFacts } from './firmware.ts';
