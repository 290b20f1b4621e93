import type { Answers } from '../answers.ts';
import type { Written } from './package-files.ts';

/** Which devices share a group. */
export function groupingFile(written: Written): string {
  const { name, factsType, language } = written;
  const { says, takes, keys } = ruleOf(written);
  const comment = says.join('\n * ');
  if (language === 'ts')
    return takes === ''
      ? `/**
 * ${comment}
 */
export const isolation = (): readonly string[] => ${keys};
`
      : `import type { Device } from '@busward/core';
import type { ${factsType} } from './firmware.ts';

/**
 * ${comment}
 */
${fitted(`export const isolation = (${takes}: Device<'${name}', ${factsType}>): readonly string[] => ${keys};`)}
`;
  return `// @ts-check

/**
 * ${comment}
 * @type {(device: import('./firmware.js').Device) => readonly string[]}
 */
export const isolation = (${takes}) => ${keys};
`;
}

interface Rule {
  readonly says: readonly string[];
  readonly takes: string;
  readonly keys: string;
}

/** Devices with a key in common share a group, whatever bus the other one is on. */
function ruleOf({ name, firmware, grouping }: Answers): Rule {
  if (grouping === 'none')
    return {
      says: ['None: no IOMMU is above this bus, and so there is no group and no check.'],
      takes: '',
      keys: '[]',
    };
  if (grouping === 'parent')
    return {
      says: ['Everything below one parent can reach everything else there, and shares a group.'],
      takes: '{ facts }',
      keys: '[`below ${facts.parent}`]',
    };
  const says = [
    'Devices with a stream id in common share a group, whatever bus the other one is on: an SMMU sees stream ids, and no',
    'buses. A device without a key has no group, and no check.',
  ];
  return firmware === 'own'
    ? { says, takes: '{ name, facts }', keys: `facts.streams ?? [\`${name} \${name}\`]` }
    : { says, takes: '{ facts }', keys: '[`smmu@${facts.id}`]' };
}

/** In one line, or broken where a formatter would break it. */
function fitted(line: string): string {
  if (line.length <= 120) return line;
  const list = / => \[(`[^`]*`)\];$/;
  return list.test(line) ? line.replace(list, ' => [\n  $1,\n];') : line.replace(/ => (?=[^>]*$)/, ' =>\n  ');
}
