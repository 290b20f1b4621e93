import { principles, type Bus } from '@busward/core';
import { compile, exploreCompiled, judgesOf, sameTables, usualLimits } from '@busward/explorer';
import type { Clause } from './clause.ts';
import { withoutRefinement } from './contract-form.ts';
import { firstDifference } from './first-difference.ts';
import { machinesUpTo, registeringLate, samplesOf, type Setting } from './machines.ts';
import { openWorld, scenarioLines } from './scenario.ts';
import type { Subject } from './subject.ts';

/** The bus allows and denies what its reference does, but for its refinement (P15). */
export const equalityClause = (subject: Subject, reference: Bus): Clause => ({
  group: `the same as ${reference.name}`,
  name: `it allows and denies what ${reference.name} does`,
  says: `a device of the bus in the place of one on ${reference.name}: the same tables, or else the same results and verdicts; without refinements`,
  source: '"there should not be bus specific variation on security principles": the thread of November 2021 (P15)',
  look() {
    const [mine, theirs] = [withoutRefinement(subject.bus), withoutRefinement(reference)];
    const samples = samplesOf(reference, [], subject.size);
    const settings = [
      // Smaller ones are parts of these.
      ...machinesUpTo(subject.size, theirs, theirs, samples).filter(
        ({ machine }) => machine.devices.length === subject.size,
      ),
      registeringLate(samples),
    ];
    for (const setting of settings) {
      const there = openWorld(setting, [theirs]);
      const here = openWorld(moved(setting, subject), [theirs, mine]);
      const [known, other] = [compile(there), compile(here)];
      const explored = exploreCompiled(known, judgesOf(there, principles), usualLimits);
      if (sameTables(known, other)) continue;
      const differs = firstDifference(there, here);
      if (differs)
        return {
          found: `${differs.last} gave ${differs.here}, and on ${reference.name} ${differs.there}`,
          scenario: () => [`under ${setting.strategy.name}: ${here.kernel.machine.name}`, ...differs.operations],
          change: 'return what the kernel returned; what a bus knows of its own belongs into `refine`',
        };
      const broken = exploreCompiled(other, judgesOf(here, principles), usualLimits).violations;
      const more = broken.find(({ principle: { id } }) => !explored.violations.some((one) => one.principle.id === id));
      if (more)
        return {
          found: `it breaks ${more.principle.id}, which ${reference.name} keeps`,
          scenario: () => scenarioLines({ system: here, violation: more }),
          change: 'mend the rule that is broken, too',
        };
    }
    return undefined;
  },
});

/** The first device is on the bus, and as it was but for that. */
function moved({ machine, strategy }: Setting, { bus, samples }: Subject): Setting {
  const [first, ...others] = machine.devices;
  const there = { ...first!, bus: bus.name, facts: samples[0]!.facts, name: samples[0]!.name };
  return {
    strategy,
    machine: { ...machine, name: `${there.name} on ${bus.name}, and as before`, devices: [there, ...others] },
  };
}
