import { InputError } from '@busward/core';
import { parsePlaced, type Path } from '@busward/scenario';
import * as z from 'zod';

/* The recordings' format, schema 1: one JSON object a line, one line a scenario. */

const group = z.object({
  /** Type of the default domain, as sysfs shows it. */
  type: z.string(),
  /** Whether VFIO's group file is there. */
  node: z.boolean(),
  /** What VFIO_GROUP_GET_STATUS says to a user who has it open; an errno if it says nothing. */
  u0: z.string().optional(),
  u1: z.string().optional(),
});
const state = z.object({
  /** By device: its driver, null for none, `(absent)` for a device that was removed. */
  drivers: z.record(z.string(), z.string().nullable()),
  groups: z.record(z.string(), group),
});
const step = z.object({
  do: z.string(),
  /** `ok`, an errno, `blocked`, `killed` (by a BUG), or `skip` (not attempted). */
  result: z.string(),
  stage: z.string().optional(),
  bug: z.boolean().optional(),
  /** Earlier steps that returned during this one. */
  completed: z.array(z.object({ step: z.int().nonnegative(), result: z.string() })).default([]),
  state,
});
const trace = z.object({
  schema: z.literal(1),
  kernel: z.string(),
  kernel_version: z.string(),
  iommu: z.string(),
  topology: z.string(),
  scenario: z.string(),
  devices: z.record(z.string(), z.object({ bus: z.string(), group: z.string().nullable() })),
  initial: state,
  steps: z.array(step).min(1),
  crashed: z.boolean().optional(),
});

export type TraceState = z.infer<typeof state>;
export type TraceStep = z.infer<typeof step>;
/** What one booted kernel did in one scenario. */
export interface Trace extends z.infer<typeof trace> {
  /** An error at a place of the recording, with file, line and column. */
  wrong(path: Path, message: string): InputError;
}

/** Reads recorded scenarios. Throws an InputError with line and column. */
export function readTraces(file: string, text: string): readonly Trace[] {
  const lines = text.split('\n');
  const traces = lines.flatMap((line, at) => (line.trim() === '' ? [] : [readLine(file, at + 1, line)]));
  if (traces.length === 0)
    throw new InputError(`${file}: the file is empty; expected recorded scenarios, one JSON object a line`);
  return traces;
}

function readLine(file: string, number: number, line: string): Trace {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    const at = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? line.length);
    throw new InputError(
      `${file}:${number}:${at + 1}: is no JSON; expected one recorded scenario a line (is the line cut off?)`,
    );
  }
  // Places are looked up when one is needed: it means reading the line again.
  const wrong = (path: Path, message: string): InputError => parsePlaced(file, line, number).wrong(path, message);
  const read = trace.safeParse(value);
  if (read.success) return { ...read.data, wrong };
  const [issue] = read.error.issues;
  throw wrong(
    issue!.path as Path,
    `${issue!.path.join('.') || 'the scenario'}: ${issue!.message}; is this a recording? each of its lines is a recorded scenario`,
  );
}
