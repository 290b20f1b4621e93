import { count, type Operation, type Principle } from '@busward/core';
import { run, type Run } from '@busward/explorer';
import { assembled } from './check.ts';
import type { Scenario } from './scenario.ts';
import type { Variant } from './variant.ts';

/**
 * The operations of a scenario in one order: what is done before, then one actor's next for each name. Without names,
 * one actor after the other as the file has them. Throws an Error for an order that does not fit.
 */
export function inOrder({ before, actors }: Scenario, names?: readonly string[]): readonly Operation[] {
  const order = names ?? actors.flatMap(({ name, operations }) => operations.map(() => name));
  const left = new Map(actors.map(({ name, operations }) => [name, [...operations]]));
  const ordered = order.map((name) => {
    const next = left.get(name)?.shift();
    if (next) return next;
    const actor = actors.find((one) => one.name === name);
    throw new Error(
      actor
        ? `'${name}' has ${count(actor.operations.length, 'operation')}; the order names it ${count(order.filter((one) => one === name).length, 'time')}`
        : `no actor '${name}'; there are ${actors.map((one) => one.name).join(', ')}`,
    );
  });
  const [forgotten] = [...left].filter(([, rest]) => rest.length > 0);
  if (forgotten)
    throw new Error(`'${forgotten[0]}' still has ${forgotten[1].length} to do; name every actor once an operation`);
  return [...before, ...ordered];
}

/** Carries out operations of a scenario one after the other under a variant. */
export const runInOrder = (
  scenario: Scenario,
  variant: Variant,
  operations: readonly Operation[],
  principles: readonly Principle[],
): Run => run(assembled(scenario, variant), operations, principles);
