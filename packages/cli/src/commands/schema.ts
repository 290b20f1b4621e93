import { diffJsonSchema, matrixJsonSchema } from '@busward/report/schemas';
import { scenarioJsonSchema } from '@busward/scenario';
import { buildChoiceParser, buildCommand } from '@stricli/core';

const schemas = { scenario: scenarioJsonSchema, diff: diffJsonSchema, matrix: matrixJsonSchema };

export const schemaCommand = buildCommand<object, [keyof typeof schemas]>({
  docs: { brief: 'the JSON Schema of scenario files, for editors, or of what diff and matrix print' },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          brief: 'scenario, diff or matrix',
          parse: buildChoiceParser(['scenario', 'diff', 'matrix']),
          default: 'scenario',
          placeholder: 'what',
        },
      ],
    },
  },
  func: (_flags, of) => void process.stdout.write(`${JSON.stringify(schemas[of](), null, 2)}\n`),
});
