import type { Written } from './package-files.ts';

/** In a clone of Busward as its other buses; elsewhere a package that is loaded as it is. */
export const packageJson = (written: Written): string =>
  `${JSON.stringify(written.language === 'ts' ? inWorkspace(written) : alone(written), null, 2)}\n`;

/** For the compiler that builds it; or for an editor that checks it. */
export const tsconfigJson = ({ language }: Written): string =>
  language === 'ts'
    ? `{
  "extends": "../../tsconfig.base.json",
  "compilerOptions": { "rootDir": "src", "outDir": "dist", "tsBuildInfoFile": "dist/.tsbuildinfo" },
  "include": ["src"],
  "references": [{ "path": "../core" }]
}
`
    : `{
  "compilerOptions": {
    "allowJs": true,
    "checkJs": true,
    "noEmit": true,
    "strict": true,
    "target": "ES2022",
    "module": "NodeNext",
    "skipLibCheck": true
  },
  "include": ["src"]
}
`;

const inWorkspace = ({ name }: Written): object => ({
  name: `@busward/${name}`,
  version: '0.1.0',
  description: `Busward plugin for the ${name} bus: hook, grouping rule, history`,
  keywords: ['busward', 'busward-plugin', 'iommu', name],
  license: 'MIT',
  type: 'module',
  engines: { node: '>=20.19' },
  exports: { '.': { 'busward-source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' } },
  publishConfig: {
    access: 'public',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  },
  files: ['dist'],
  sideEffects: false,
  dependencies: { '@busward/core': 'workspace:*' },
  devDependencies: { '@busward/conformance': 'workspace:*', '@busward/platform': 'workspace:*' },
});

const alone = ({ name }: Written): object => ({
  name: `busward-${name}`,
  version: '0.1.0',
  description: `Busward plugin for the ${name} bus: hook, grouping rule, history`,
  keywords: ['busward-plugin', 'iommu', name],
  type: 'module',
  engines: { node: '>=20.19' },
  exports: './src/index.js',
  files: ['src'],
  scripts: { test: 'node --test' },
  // busward brings its own core; for the tests it has to be there.
  peerDependencies: { '@busward/core': '^0.1.0' },
  devDependencies: { '@busward/conformance': '^0.1.0', '@busward/core': '^0.1.0', '@busward/platform': '^0.1.0' },
});
