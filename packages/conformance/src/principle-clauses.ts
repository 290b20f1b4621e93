import { principles } from '@busward/core';
import { explore } from '@busward/explorer';
import type { Clause, Finding } from './clause.ts';
import { contractForm } from './contract-form.ts';
import { kernels, machinesUpTo, registeringLate } from './machines.ts';
import { firstBroken, openWorld, scenarioLines, type Broken } from './scenario.ts';
import { hooksFor, type Subject } from './subject.ts';
import { sameWays } from './ways.ts';

/** Every principle on every machine up to a size; and while an IOMMU registers, those that the contract's hooks keep. */
export const principleClauses = (subject: Subject): readonly Clause[] => [
  {
    group: 'the principles',
    name: 'the principles hold',
    says: `on all machines up to ${subject.size} devices, over everything that can be done, two operations in flight, under ${kernels.map(({ name }) => name).join(' and ')}: ${principles.map(({ id }) => id).join(' ')}`,
    source: 'docs/principles',
    look() {
      for (const setting of machinesUpTo(subject.size, subject.bus, subject.neighbour, subject.samples)) {
        const broken = firstBroken(openWorld(setting, [subject.neighbour, subject.bus]));
        if (broken) return finding(broken);
      }
      return undefined;
    },
  },
  {
    group: 'the principles',
    name: 'the principles hold while an IOMMU registers',
    says: "what the contract's own hooks keep there is kept; what they do not is the kernel's (H1, H4)",
    source: 'bcb81ac6ae3c; docs/principles',
    look() {
      const { bus, samples, neighbour } = subject;
      const form = contractForm(bus);
      // Hooks that are the contract's in every way cannot differ from it.
      if (samples.every((one) => sameHooks(hooksFor(bus, one), hooksFor(form, one)))) return undefined;
      const setting = registeringLate(samples);
      const kept = explore(openWorld(setting, [neighbour, form]), principles).violations;
      const broken = firstBroken(
        openWorld(setting, [neighbour, bus]),
        kept.map(({ principle }) => principle.id),
      );
      return broken && finding(broken);
    },
  },
];

type BothHooks = ReturnType<typeof hooksFor>;

const sameHooks = (a: BothHooks, b: BothHooks): boolean =>
  sameWays(a.configure, b.configure) && sameWays(a.unconfigure, b.unconfigure);

const finding = (broken: Broken): Finding => ({
  found: `${broken.violation.principle.id} (${broken.violation.principle.name}) is broken`,
  scenario: () => scenarioLines(broken),
  change: 'mend the rules that fail, first; if none does, the refinement refuses what it should not',
});
