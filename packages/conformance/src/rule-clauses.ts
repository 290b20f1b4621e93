import { rules, type Bus, type Rule, type RuleNumber } from '@busward/core';
import type { Clause, Finding } from './clause.ts';
import { offenceAgainst, wrongTimes, type HookRule, type Offence } from './hook-rules.ts';
import { groupingFinding } from './grouping.ts';
import { refinementFinding } from './refinement.ts';
import { costOf } from './scenario.ts';
import { hooksFor, unseen, type Subject } from './subject.ts';
import { wayLines, waysThrough } from './ways.ts';

/** The eight rules of the contract, by number; the last only for a bus that has a refinement. */
export const ruleClauses = (subject: Subject): readonly Clause[] =>
  rules
    .filter(({ number }) => number !== 8 || subject.bus.refine !== undefined)
    .map(({ number, name, says, source }: Rule & { number: RuleNumber }) => ({
      group: 'the rules of the contract',
      name: `rule ${number}, ${name}`,
      says,
      source,
      look: () =>
        number === 8
          ? refinementFinding(subject)
          : number === 7
            ? groupingFinding(subject.bus, subject.kinds)
            : hookFinding(subject, number),
    }));

/** The rules that the hooks of a bus break, on a device of any kind, by the shortest way. */
export function brokenHookRules(bus: Bus, kinds: Subject['kinds']): ReadonlyMap<HookRule, Offence> {
  const found = new Map<HookRule, Offence>();
  for (const number of [1, 2, 3, 4, 5, 6] as const)
    for (const one of kinds) {
      const offence = offenceAgainst(number, hooksFor(bus, one));
      if (offence && !found.has(number)) found.set(number, offence);
    }
  return found;
}

/** Hooks that are called where a kernel calls them and nobody thought of it. */
export const survivalClause = (subject: Subject): Clause => ({
  group: 'the rules of the contract',
  name: 'hooks survive being called without a driver, twice, and at the wrong time',
  says: 'a hook ends, and does the same each time, whatever was called before and whether or not there is a driver',
  source: 'drivers/base/dd.c, really_probe(): a failed probe, test_remove (f429378a9bf8); bcb81ac6ae3c: no driver',
  look() {
    for (const [at, one] of subject.kinds.entries()) {
      const fresh = unseen(subject.bus, one, at);
      // The cleanup comes first: nothing was configured.
      const unconfigure = waysThrough(subject.bus, 'dma_unconfigure', fresh);
      const offence = wrongTimes({ ...hooksFor(subject.bus, fresh), unconfigure }, hooksFor(subject.bus, fresh));
      if (offence) return told(offence, subject, undefined);
    }
    return undefined;
  },
});

/** What the hook did, and what the other one does after it. */
export const offenceLines = ({ way, cleanup }: Offence): readonly string[] => [
  ...wayLines(way),
  ...(cleanup ? wayLines(cleanup) : []),
];

function hookFinding(subject: Subject, number: HookRule): Finding | undefined {
  const offence = brokenHookRules(subject.bus, subject.kinds).get(number);
  return offence && told(offence, subject, number);
}

const told = (offence: Offence, { bus, neighbour }: Subject, rule: HookRule | undefined): Finding => ({
  found: offence.found,
  way: offenceLines(offence),
  scenario: () => costOf(bus, neighbour, rule),
  change: offence.change,
});
