import { linux73, principles } from '@busward/core';
import { diff, type Difference, type Side } from '@busward/explorer';
import type { Clause, Finding } from './clause.ts';
import { contractForm, withoutRefinement } from './contract-form.ts';
import { machinesUpTo } from './machines.ts';
import type { Subject } from './subject.ts';

/**
 * What a bus knows of its own admits nothing that the shared check refuses (P16), wherever it is written. In `refine` it
 * cannot: core asks that only about what was admitted. In a hook it can.
 */
export const restrictionClause = (subject: Subject): Clause => ({
  group: 'its refinement',
  name: 'it admits nothing that the shared check refuses',
  says: `on all machines up to ${subject.size} devices, under ${linux73.name}, whatever it does, calls that it refuses left out, is done with the contract's hooks and no refinement, too; one operation after the other`,
  source: '"further refine the outcome": the thread of November 2021 (P16)',
  look: () => admitting(subject),
});

/** Under the newest kernel: in older ones a bind that is refused leaves the device in its group, which would be seen. */
function admitting({ bus, neighbour, samples, size }: Subject): Finding | undefined {
  const machines = machinesUpTo(size, bus, neighbour, samples)
    .filter((setting) => setting.strategy === linux73 && !setting.machine.testRemove)
    .map(({ machine }) => [machine, machine] as const);
  const side = (name: string, one: typeof bus): Side => ({ name, strategy: linux73, buses: [neighbour, one] });
  const sides = [side(bus.name, bus), side('the shared check', contractForm(withoutRefinement(bus)))] as const;
  const { restriction, finding } = diff({ sides, machines, principles, inFlight: 1, restriction: true });
  if (restriction?.kind === 'admits nothing more') return undefined;
  const change =
    'ask the check, and return what it says; put what the bus knows into `refine`, which is asked after it';
  if (restriction?.kind !== 'admits more')
    return { found: 'a limit was reached before this was decided', scenario: () => [`under ${linux73.name}`], change };
  const { difference } = restriction;
  const weaker = finding.kind === 'different' && finding.standing === 'first is weaker';
  const breaks = weaker ? `, and is weaker: it breaks ${finding.breaks[0].join(' ')}` : '';
  return { found: `it admits more${breaks}`, scenario: () => lines(difference, linux73.name), change };
}

/** What is seen on the way, and then what only the bus does. */
const lines = ({ machine: [machine], before, shows }: Difference, under: string): readonly string[] => [
  `under ${under}: ${machine.name}`,
  ...before.map(({ text }) => text),
  `${shows}, which the check does not let happen`,
];
