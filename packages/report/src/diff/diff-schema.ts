import * as z from 'zod';

/* The JSON of a diff, as `busward diff --as json` prints it. The first of every pair is of the first side. */

export const pair = <T extends z.ZodType>(of: T) => z.tuple([of, of]);
const ids = z.array(z.string()).readonly();
export const side = z.union([z.literal(0), z.literal(1)]);
export const standing = z.enum(['first is weaker', 'second is weaker', 'neither', 'incomparable']);

export const seen = z.strictObject({ text: z.string(), passedOverBy: side.optional() });
export const judged = z.strictObject({ id: z.string(), name: z.string(), outcome: z.string() });

const step = z.strictObject({
  lane: z.int().describe('numbers the operations, in order of start'),
  operation: z.looseObject({ do: z.string() }),
  starts: z.boolean(),
  call: z
    .string()
    .describe(
      'the kernel function, or what a strategy calls its section; `call` or `answer` where an operation has no step of its own',
    ),
  before: z.array(z.string()).readonly().describe('kernel calls passed on the way there'),
  after: z.array(z.string()).readonly(),
  outcome: z.string().optional(),
  result: z.string().optional().describe('of the operation, if this step ended it'),
  changes: z.array(z.strictObject({ cell: z.string(), from: z.string(), to: z.string() })).readonly(),
  happenings: z.array(z.string()).readonly().describe('what the kernel said: WARNs and BUGs'),
});
const steps = z.array(step).readonly();

const machine = z.strictObject({
  name: z.string(),
  devices: z.array(z.strictObject({ name: z.string(), bus: z.string(), group: z.string().nullable() })).readonly(),
  users: z.array(z.strictObject({ name: z.string(), through: z.enum(['container', 'iommufd']) })).readonly(),
  iommu: z.enum(['present', 'later']),
});

const difference = z.strictObject({
  machine: pair(machine),
  operations: z.int().describe('started, the one that tells the sides apart included'),
  by: side.describe('which side does what the other never does'),
  before: z.array(seen).readonly(),
  shows: z.string(),
  instead: z.array(z.string()).readonly().describe('all that the other side can show next'),
  standing: standing.describe('on this scenario alone'),
  traces: pair(
    z.strictObject({ breaks: ids, differsAt: z.int().describe('an index into steps, or their number'), steps }),
  ),
});

const restriction = z.union([
  z.strictObject({
    kind: z.literal('admits nothing more'),
    inFlight: z.int().describe('operations in flight that it was shown for'),
    undecided: z
      .strictObject({ inFlight: z.int(), machines: z.int() })
      .optional()
      .describe('operations in flight that nothing was shown for: a limit was reached on so many machines'),
  }),
  z.strictObject({ kind: z.literal('undecided') }),
  z.strictObject({ kind: z.literal('admits more'), difference }),
]);

const about = {
  sides: pair(z.string()),
  restriction: restriction.optional().describe('where the first side is the second one with a refinement'),
  principles: z.array(judged).readonly().describe('what was judged'),
  bound: z.array(z.string()).readonly().describe('what was looked at: the finding does not hold beyond it'),
  machines: z.int(),
  states: z.int(),
};

export const diffSchema = z.discriminatedUnion('finding', [
  z.strictObject({
    finding: z.literal('different'),
    ...about,
    smallest: z.boolean().describe('nothing smaller than the first difference exists within the bound'),
    standing,
    breaks: pair(ids),
    differences: z.array(difference).min(1).readonly(),
  }),
  z.strictObject({
    finding: z.literal('same outcomes, different choices'),
    ...about,
    parting: z.strictObject({
      machine: pair(machine),
      operations: z.int(),
      before: z.array(z.string()).readonly(),
      can: pair(z.array(z.string()).readonly()),
      traces: pair(steps),
    }),
  }),
  z.strictObject({ finding: z.literal('same'), ...about }),
  z.strictObject({ finding: z.literal('undecided'), ...about, covered: z.string() }),
]);

/** The JSON Schema, as it is shipped in diff.schema.json. */
export const diffJsonSchema = (): object => z.toJSONSchema(diffSchema);
