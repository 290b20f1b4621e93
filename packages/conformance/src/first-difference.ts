import { describeOperation, menuOf, type Operation, type System } from '@busward/core';
import { initialIndices, interpreter, openState, type Indices } from '@busward/explorer';

/** Operations, one after the other, that end in two results. */
export interface Difference {
  readonly operations: readonly string[];
  readonly last: string;
  readonly here: string;
  readonly there: string;
}

/** More pairs of states than two small machines have. */
const MOST = 20_000;

/**
 * Looks, breadth first, for a shortest sequence of operations whose last one ends differently on two machines that have
 * the same operations, in their order. Results only: what differs in a race is for exploration to find.
 */
export function firstDifference(there: System, here: System): Difference | undefined {
  const [menuThere, menuHere] = [menuOf(there.kernel.machine), menuOf(here.kernel.machine)];
  const seen = new Set<string>();
  const queue: { readonly there: Indices; readonly here: Indices; readonly said: readonly string[] }[] = [
    { there: initialIndices(there), here: initialIndices(here), said: [] },
  ];
  for (let next = queue.shift(); next && seen.size < MOST; next = queue.shift())
    for (const [at, operation] of menuHere.entries()) {
      const [a, b] = [carryOut(there, next.there, menuThere[at]!), carryOut(here, next.here, operation)];
      const said = [...next.said, `${describeOperation(operation)}  = ${b.result}`];
      if (a.result !== b.result)
        return { operations: said, last: describeOperation(operation), here: b.result, there: a.result };
      const key = `${a.state.join()} ${b.state.join()}`;
      if (seen.has(key) || a.result === 'skip' || a.result === 'blocked') continue;
      seen.add(key);
      queue.push({ there: a.state, here: b.state, said });
    }
  return undefined;
}

/** Runs one operation to its end from a state between operations. */
function carryOut(system: System, from: Indices, operation: Operation): { result: string; state: Indices } {
  if (!system.possible(operation).holds(openState(from).cells)) return { result: 'skip', state: from };
  const model = interpreter(system, undefined, from);
  const { result } = model.start(operation);
  return { result, state: model.state() };
}
