import { readdirSync } from 'node:fs';

// One run for all packages: JavaScript only (declarations are tsc's), dependencies left outside.
export default readdirSync('packages').map((name) => ({
  entry: [`packages/${name}/src/index.ts`],
  outDir: `packages/${name}/dist`,
  format: 'esm',
  target: 'node20',
  platform: 'neutral',
  dts: false,
  skipNodeModulesBundle: true,
  silent: true,
}));
