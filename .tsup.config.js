import { existsSync, readdirSync } from 'node:fs';

// One run for all packages: JavaScript only (declarations are tsc's), dependencies left outside.
export default readdirSync('packages')
  .filter((name) => existsSync(`packages/${name}/src`))
  .map((name) => ({
    // Files of their own: what runs in a worker, what a measured process has in common with the command, and what is wanted
    // without all that its package loads.
    entry: ['index', 'audit-worker', 'second-worker', 'optimize-later', 'nearest', 'shape', 'schemas']
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
