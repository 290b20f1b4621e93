import * as z from 'zod';
import { judged, pair, seen, side, standing } from '../diff/diff-schema.ts';

/* The JSON of a matrix, as `busward matrix --as json` prints it. */

const texts = z.array(z.string()).readonly();

/** What a diff found, without its traces. The first of every pair is of the first side. */
const finding = <T extends z.ZodRawShape>(about: T) =>
  z.discriminatedUnion('finding', [
    z.strictObject({
      ...about,
      finding: z.literal('different'),
      standing,
      operations: z.int().describe('started, the one that tells the sides apart included'),
      machine: pair(z.string()),
      before: z.array(seen).readonly(),
      by: side.describe('which side does what the other never does'),
      shows: z.string(),
      instead: texts.describe('all that the other side can show next'),
    }),
    z.strictObject({ ...about, finding: z.enum(['same outcomes, different choices', 'same']) }),
    z.strictObject({ ...about, finding: z.literal('undecided'), covered: z.string() }),
  ]);

const busClass = z.strictObject({
  buses: texts.describe('that behave alike'),
  apart: finding({}).optional().describe('from the first bus of the first class, which is the largest'),
});

const kernel = z.strictObject({
  kernel: z.string(),
  complete: z.boolean().describe('if not, a principle that is not listed may be broken, too'),
  breaks: z.record(z.string(), texts).describe('the principles that are broken, by bus'),
  classes: z.array(busClass).readonly(),
});

export const matrixSchema = z.strictObject({
  principles: z.array(judged).readonly().describe('what was judged'),
  kernels: z.array(kernel).readonly(),
  changes: z
    .array(finding({ from: z.string(), to: z.string(), bus: z.string() }))
    .readonly()
    .describe('from each kernel to the next, bus by bus; none unless several were named'),
  bound: texts.describe('what was looked at: nothing here holds beyond it'),
  states: z.int(),
});

/** The JSON Schema, as it is shipped in matrix.schema.json. */
export const matrixJsonSchema = (): object => z.toJSONSchema(matrixSchema);
