import { diffJsonSchema, matrixJsonSchema } from '@busward/report/schemas';
import { scenarioJsonSchema } from '@busward/scenario';
import { buildCommand } from '@stricli/core';

const schemas = { scenario: scenarioJsonSchema, diff: diffJsonSchema, matrix: matrixJsonSchema };

export const schemaCommand = buildCommand<object, [keyof typeof schemas]>({
  docs: { brief: 'the JSON Schema of scenario files, for editors, or of what diff and matrix print' },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          brief: 'scenario, diff or matrix',
          parse: schemaNamed,
          default: 'scenario',
          placeholder: 'what',
        },
      ],
    },
  },
  func: (_flags, of) => void process.stdout.write(`${JSON.stringify(schemas[of](), null, 2)}\n`),
});

function schemaNamed(name: string): keyof typeof schemas {
  if (Object.hasOwn(schemas, name)) return name as keyof typeof schemas;
  throw new Error('expected scenario, diff or matrix');
}
