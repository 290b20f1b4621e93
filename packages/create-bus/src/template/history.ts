import type { Written } from './package-files.ts';

/** What Linux had; nothing yet. */
export function historyFile({ name, factsType, language }: Written): string {
  const says = [
    'What Linux had, oldest first. A revision has its commit and title, the versions that contain it (`since`: mainline,',
    "then stable ones), what it does (`says`) and hooks of its own; `knownBugs: { 6: 'M20' }` says which rule it breaks.",
  ].join('\n * ');
  return language === 'ts'
    ? `import type { Revision } from '@busward/core';
import type { ${factsType} } from './firmware.ts';

/**
 * ${says}
 */
export const history: readonly Revision<'${name}', ${factsType}>[] = [];
`
    : `// @ts-check

/**
 * ${says}
 * @type {readonly import('@busward/core').Revision<'${name}', import('./firmware.js').${factsType}>[]}
 */
export const history = [];
`;
}
