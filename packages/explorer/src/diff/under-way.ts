import { describeOperation } from '@busward/core';
import type { Observed } from './observed.ts';

/** What was called and not answered in a state, each as often as it is. */
export function operationsUnderWay(observed: Observed, state: number): readonly string[] {
  const { cells, nodes } = observed.compiled;
  const slots = observed.row(state)?.subarray(cells.length) ?? [];
  return [...slots].flatMap((at) => {
    const node = nodes[at]!;
    return node.kind === 'at' ? [describeOperation(node.operation)] : [];
  });
}

export const timesIn = (all: readonly string[], wanted: string): number => all.filter((one) => one === wanted).length;
