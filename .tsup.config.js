import { existsSync, readdirSync } from 'node:fs';

// One run for all packages: JavaScript only (declarations are tsc's), dependencies left outside.
export default readdirSync('packages')
  .filter((name) => existsSync(`packages/${name}/src`))
  .map((name) => ({
    // What runs in a worker is a file of its own, and what a measured process has in common with the command.
    entry: ['index', 'audit-worker', 'second-worker', 'optimize-later']
      .map((file) => `packages/${name}/src/${file}.ts`)
      .filter((file) => existsSync(file)),
    outDir: `packages/${name}/dist`,
    format: 'esm',
    target: 'node20',
    platform: 'neutral',
    dts: false,
    skipNodeModulesBundle: true,
    silent: true,
  }));
