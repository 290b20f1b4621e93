import { factsOf } from './facts.ts';
import type { Written } from './package-files.ts';

/** What the bus knows of a device, and which firmware node describes it. */
export function firmwareFile(written: Written): string {
  const { name, factsType, firmware, language } = written;
  const hook = `${name.replaceAll('-', '_')}_dma_configure`;
  const says =
    firmware === 'own'
      ? `\`${hook}\`: the device's own node; the ids are in its \`iommus\`.`
      : `\`${hook}\`: the parent's node; the id is the device's own.`;
  const lookup = firmware === 'own' ? '{ node: facts.node }' : '{ node: facts.parent, id: facts.id }';
  const facts = factsOf(written);
  if (language === 'ts')
    return `import type { Device, FirmwareLookup } from '@busward/core';

/** What is known of a device of this bus. */
export type ${factsType} = {
${facts.map((fact) => `  /** ${fact.says} */\n  readonly ${fact.name}${fact.optional ? '?' : ''}: ${fact.type};`).join('\n')}
};

/** ${says} */
${fitted(`export const firmware = ({ facts }: Device<'${name}', ${factsType}>): FirmwareLookup => (${lookup});`)}
`;
  return `// @ts-check

/**
 * What is known of a device of this bus.
 * @typedef {object} ${factsType}
${facts.map((fact) => ` * @property {${fact.type}} ${fact.optional ? `[${fact.name}]` : fact.name} ${fact.says}`).join('\n')}
 */

/** @typedef {import('@busward/core').Device<'${name}', ${factsType}>} Device */

/** @type {(device: Device) => import('@busward/core').FirmwareLookup} ${says} */
export const firmware = ({ facts }) => (${lookup});
`;
}

/** In one line, or an object with a line for each of its parts. */
const fitted = (line: string): string =>
  line.length <= 120
    ? line
    : line.replace('({ node: facts.parent, id: facts.id })', '({\n  node: facts.parent,\n  id: facts.id,\n})');
