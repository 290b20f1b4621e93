import type { Bus, Device, Facts } from '@busward/core';
import { tell, type Clause } from './clause.ts';
import { declarationClauses } from './declaration.ts';
import { equalityClause } from './equality.ts';
import { historyClauses } from './history.ts';
import { principleClauses } from './principle-clauses.ts';
import { restrictionClause } from './restriction.ts';
import { ruleClauses, survivalClause } from './rule-clauses.ts';
import { subjectOf } from './subject.ts';

/** What a bus is compared with, and tried on. */
export interface Comparison<B extends string, F extends Facts> {
  /** A bus that it claims to be equal to, but for its refinement: `platform`. */
  readonly reference?: Pick<Bus, 'name' | 'callsUse'>;
  /** Devices of the bus that differ in what matters to it: a container and its object. Plain ones, if there are none. */
  readonly devices?: readonly Device<B, F>[];
  /** How many devices the machines have on which the principles are judged. */
  readonly size?: number;
}

/** The functions of a test runner: those of jest, vitest or node:test. A clause that fails throws. */
export interface Runner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => void): unknown;
  /** Taken, so that a runner can be handed over whole, and not needed. */
  expect?: unknown;
}

/**
 * Writes the tests of a bus: what it declares, the rules of the contract by number, the principles on all small machines,
 * its history, and that it is equal to its reference. Groups follow what the bus declares: no refinement, no rule 8.
 */
export function conformance<B extends string, F extends Facts>(
  bus: Bus<B, F>,
  { describe, it, ...comparison }: Runner & Comparison<B, F>,
): void {
  const clauses = clausesOf(bus, comparison);
  describe(`bus '${bus.name}'`, () => {
    for (const group of new Set(clauses.map((clause) => clause.group)))
      describe(group, () => {
        for (const clause of clauses.filter((one) => one.group === group))
          it(clause.name, () => {
            const finding = clause.look();
            if (finding) throw new Error(tell(bus.name, clause, finding));
          });
      });
  });
}

/** The same as data, for whoever is no test runner. */
export function clausesOf<B extends string, F extends Facts>(
  of: Bus<B, F>,
  { reference, devices = [], size = 2 }: Comparison<B, F> = {},
): readonly Clause[] {
  const bus = of as object as Bus;
  const subject = subjectOf(bus, devices as readonly object[] as readonly Device[], size, reference as Bus | undefined);
  const grouped = bus.ungrouped === undefined;
  return [
    ...declarationClauses(subject),
    ...ruleClauses(subject),
    survivalClause(subject),
    ...(bus.refine ? [restrictionClause(subject)] : []),
    ...(grouped ? principleClauses(subject) : []),
    ...(grouped && reference ? [equalityClause(subject, reference as Bus)] : []),
    ...historyClauses(subject),
  ];
}
