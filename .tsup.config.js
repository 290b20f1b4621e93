import { existsSync, readdirSync } from 'node:fs';

// One run for all packages: JavaScript only (declarations are tsc's), dependencies left outside.
export default readdirSync('packages')
  .filter((name) => existsSync(`packages/${name}/src`))
  .map((name) => ({
    entry: [`packages/${name}/src/index.ts`],
    outDir: `packages/${name}/dist`,
    format: 'esm',
    target: 'node20',
    platform: 'neutral',
    dts: false,
    skipNodeModulesBundle: true,
    silent: true,
  }));
