const bus = '^packages/(amba|platform|fsl-mc|pci|host1x)/';

/** The rooms of the house: who may import whom. Tests may look at more than the code they test. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-imports-ts-pattern-only',
      severity: 'error',
      from: { path: '^packages/core/src' },
      to: { pathNot: ['^packages/core/src', 'node_modules/ts-pattern'] },
    },
    {
      name: 'a-bus-imports-core-only',
      severity: 'error',
      from: { path: `${bus}src` },
      to: { pathNot: ['^packages/core/src', `${bus}src`] },
    },
    {
      name: 'no-bus-imports-another',
      severity: 'error',
      from: { path: '^packages/(amba|platform|fsl-mc|pci|host1x)/src' },
      to: { path: bus, pathNot: '^packages/$1/' },
    },
    {
      name: 'explorer-imports-core-only',
      severity: 'error',
      from: { path: '^packages/explorer/src' },
      // Certificates carry SHA-256.
      to: { pathNot: ['^packages/(core|explorer)/src', '@noble/hashes'] },
    },
    {
      name: 'tables-know-no-search',
      severity: 'error',
      from: { path: '^packages/explorer/src/tables' },
      to: { path: '^packages/explorer/src', pathNot: ['^packages/explorer/src/tables'] },
    },
    {
      name: 'crowds-and-devices-know-each-other-one-way',
      severity: 'error',
      from: { path: '^packages/explorer/src/devices' },
      to: { path: '^packages/explorer/src/crowd' },
    },
    {
      // It is held against the searches.
      name: 'naive-shares-nothing-with-the-searches',
      severity: 'error',
      from: { path: '^packages/explorer/src/naive' },
      to: {
        path: '^packages/explorer/src',
        pathNot: ['^packages/explorer/src/naive', '^packages/explorer/src/search/watched'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'conformance-knows-no-bus',
      severity: 'error',
      from: { path: '^packages/conformance/src' },
      to: { path: '^packages/', pathNot: ['^packages/(core|explorer|conformance)/src'] },
    },
    {
      name: 'topology-imports-core-only',
      severity: 'error',
      from: { path: '^packages/topology/src' },
      to: { path: '^packages/', pathNot: ['^packages/(core|topology)/src'] },
    },
    {
      name: 'report-imports-results-only',
      severity: 'error',
      from: { path: '^packages/report/src' },
      to: { path: '^packages/', pathNot: ['^packages/(core|explorer|scenario|traces|passthrough|report)/src'] },
    },
    {
      name: 'passthrough-imports-core-explorer-topology',
      severity: 'error',
      from: { path: '^packages/passthrough/src' },
      to: { path: '^packages/', pathNot: ['^packages/(core|explorer|topology|passthrough)/src'] },
    },
    {
      name: 'scenario-imports-core-and-explorer-only',
      severity: 'error',
      from: { path: '^packages/scenario/src' },
      to: { path: '^packages/', pathNot: ['^packages/(core|explorer|scenario)/src'] },
    },
    {
      name: 'traces-knows-no-bus',
      severity: 'error',
      from: { path: '^packages/traces/src' },
      to: { path: '^packages/', pathNot: ['^packages/(core|explorer|scenario|traces)/src'] },
    },
    {
      name: 'runs-in-a-browser',
      severity: 'error',
      from: {
        path: '^packages/(core|explorer|conformance|scenario|report|passthrough|amba|platform|fsl-mc|pci|host1x)/src',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: { path: '^packages/[^/]+/src' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['busward-source', 'import', 'types', 'default'],
      exportsFields: ['exports'],
    },
  },
};
