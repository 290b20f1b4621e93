import { describeOperation, type Cell } from '@busward/core';
import type { Compiled } from '../tables/compile.ts';
import { valueText } from '../tables/value-text.ts';
import type { Witness } from '../witness/witness.ts';

/** A witness in the Informal Trace Format of Apalache and Quint: every variable in every state, and what led there. */
export function itfOf(compiled: Compiled, { steps }: Witness): string {
  const values = new Map(compiled.cells.map((cell) => [cell.name, tell(cell.values[compiled.initial[cell.id]!])]));
  const stateAfter = (index: number, action: string) => ({ '#meta': { index }, action, ...Object.fromEntries(values) });
  const states = [stateAfter(0, 'start')];
  for (const [at, step] of steps.entries()) {
    for (const { cell, to } of step.changes) values.set(cell, tell(valueCalled(compiled.cells, cell, to)));
    states.push(stateAfter(at + 1, `${describeOperation(step.operation)}: ${step.call}`));
  }
  const meta = { format: 'ITF', 'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html' };
  return `${JSON.stringify({ '#meta': meta, vars: ['action', ...values.keys()], states }, null, 1)}\n`;
}

/** A witness tells values as text; the trace has them as they are. */
const valueCalled = (cells: readonly Cell[], name: string, text: string): unknown =>
  cells.find((cell) => cell.name === name)!.values.find((value) => valueText(value) === text);

const tell = (value: unknown): boolean | number | string =>
  typeof value === 'boolean' || typeof value === 'number' ? value : valueText(value);
