import { identifier, typeName, type Answers } from '../answers.ts';
import type { Files } from '../write.ts';
import { busFile } from './bus.ts';
import { firmwareFile } from './firmware.ts';
import { groupingFile } from './grouping.ts';
import { historyFile } from './history.ts';
import { packageJson, tsconfigJson } from './package-json.ts';
import { readme } from './readme.ts';
import { testFile } from './test.ts';

/** Everything that the files are written from. */
export interface Written extends Answers {
  readonly language: 'ts' | 'js';
  /** `fslMc`, the name of its export. */
  readonly bus: string;
  /** `FslMcFacts`, the type of what it knows of a device. */
  readonly factsType: string;
}

/** All files of the package, by their paths. */
export function packageFiles(answers: Answers, language: 'ts' | 'js'): Files {
  const written: Written = {
    ...answers,
    language,
    bus: identifier(answers.name),
    factsType: `${typeName(answers.name)}Facts`,
  };
  return {
    'package.json': packageJson(written),
    'tsconfig.json': tsconfigJson(written),
    'README.md': readme(written),
    [`src/bus.${language}`]: busFile(written),
    [`src/firmware.${language}`]: firmwareFile(written),
    [`src/grouping.${language}`]: groupingFile(written),
    [`src/history.${language}`]: historyFile(written),
    [`src/index.${language}`]: indexFile(written),
    [`test/${answers.name}.test.${language}`]: testFile(written),
  };
}

const indexFile = ({ bus, factsType, language }: Written): string =>
  `export { ${bus}, ${bus} as default } from './bus.${language}';
${language === 'ts' ? `export type { ${factsType} } from './firmware.ts';\n` : ''}`;
