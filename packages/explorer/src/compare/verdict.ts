import { outcomes, type Device, type Outcome, type Principle } from '@busward/core';
import { confirms } from '../witness/confirm.ts';
import type { Violation } from '../search/explore.ts';
import { applies, byNumber } from '../judging/judges.ts';
import { isComplete } from '../search/ended.ts';
import type { Result } from './result.ts';
import { witnessOf, type Witness } from '../witness/witness.ts';

/** What a strategy means for the devices of one bus: the worst outcome in which one of them takes part. */
export type Verdict =
  | { readonly kind: 'absent' }
  | { readonly kind: 'isolated' }
  /** Nothing was found to be broken, and these may be, by id. */
  | { readonly kind: 'undecided'; readonly undecided: readonly string[] }
  | Broken;

export interface Broken {
  readonly kind: 'broken';
  readonly outcome: Exclude<Outcome, 'isolated'>;
  readonly principle: Principle;
  readonly device: string;
  /** There may be a worse one: what would make it so is undecided. */
  readonly orWorse: boolean;
  /** Principles that devices of the bus take part in breaking, by id. */
  readonly breaks: readonly string[];
  /** And those of which it is not known. */
  readonly undecided: readonly string[];
  readonly witness: Witness;
}

/**
 * The worst outcome in which a device of the bus takes part (or that one device of it), by the shortest witness. What was
 * found counts when the naive interpreter finds it, too, on the whole machine.
 */
export function verdictOf(
  results: readonly Result[],
  principles: readonly Principle[],
  bus: string,
  only?: string,
): Verdict {
  const counts = (device: Device): boolean => device.bus === bus && (only === undefined || device.name === only);
  const relevant = results.filter(({ machine }) => machine.devices.some(counts));
  if (relevant.length === 0) return { kind: 'absent' };
  const broken: Found[] = [];
  const undecided = new Set<Principle>();
  for (const result of relevant) {
    const found = violationsIn(result)
      .filter(({ device }) => result.machine.devices.some((one) => one.name === device && counts(one)))
      .filter(({ principle }, at, all) => all.findIndex((other) => other.principle === principle) === at)
      .map((violation) => ({ result, violation, witness: witnessOf(result.compiled, violation.path) }))
      .filter((one) => isConfirmed(one, bus));
    broken.push(...found);
    const ids = new Set(found.map(({ violation }) => violation.principle.id));
    for (const principle of mayBreak(result, principles, bus)) if (!ids.has(principle.id)) undecided.add(principle);
  }
  const ids = [...new Set(broken.map(({ violation }) => violation.principle.id))];
  const open = [...undecided].filter(({ id }) => !ids.includes(id));
  const [first] = broken.toSorted(
    (a, b) => severity(a.violation.principle) - severity(b.violation.principle) || length(a) - length(b),
  );
  if (!first)
    return open.length > 0 ? { kind: 'undecided', undecided: open.map(({ id }) => id) } : { kind: 'isolated' };
  const { principle, device } = first.violation;
  return {
    kind: 'broken',
    outcome: principle.outcome,
    principle,
    device,
    orWorse: open.some((one) => severity(one) < severity(principle)),
    breaks: ids.toSorted(byNumber),
    undecided: open.map(({ id }) => id).toSorted(byNumber),
    witness: first.witness,
  };
}

interface Found {
  readonly result: Result;
  readonly violation: Violation;
  readonly witness: Witness;
}

/** Principles that a device of the bus may take part in breaking, whether or not it was found to. */
function mayBreak(result: Result, principles: readonly Principle[], bus: string): readonly Principle[] {
  const applying = principles.filter((principle) => applies(result.compiled.system, principle));
  switch (result.kind) {
    case 'explored':
      return isComplete(result.exploration) ? [] : applying;
    case 'few': {
      const { exploration, mayBreak: all } = result;
      return all && isComplete(exploration) ? applying.filter(({ id }) => all.has(`${id} ${bus}`)) : applying;
    }
    case 'isolated':
      return [];
  }
}

/** Throws if a witness does not do on its own machine what the search says: that is a bug. */
function isConfirmed({ result, violation: { principle }, witness }: Found, bus: string): boolean {
  if (result.kind === 'few' && confirms(result.whole, witness, principle, bus)) return true;
  if (!confirms(result.compiled.system, witness, principle, bus))
    throw new Error(
      `the witness of ${principle.id} under ${result.compiled.system.kernel.strategy.name} is not what the generators do: ` +
        'this is a bug in the explorer',
    );
  return result.kind !== 'few';
}

const violationsIn = (result: Result): readonly Violation[] =>
  result.kind === 'isolated' ? [] : result.exploration.violations;
const severity = ({ outcome }: Principle): number => outcomes.indexOf(outcome);
const length = ({ violation }: Found): number => violation.path.length;
