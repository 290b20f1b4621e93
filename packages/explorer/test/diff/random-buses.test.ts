import { defineBus, OK, type Bus, type BusKernel, type Device, type Hooks } from '@busward/core';
import { platform } from '@busward/platform';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { admitsMore } from './admits-more.ts';
import { bruteForce, coarsest, ltsOf, sameTraces, union } from './brute-force.ts';
import { alone, compared, side, under } from './sides.ts';

/*
 * Verdicts on buses that are made up at random, against a naive partition refinement and a naive comparison of traces, both on
 * what the generators do when they are run. fast-check prints the seed of what fails.
 */

/** What a hook may get right or wrong. */
interface Habits {
  readonly configures: boolean;
  readonly reads: 1 | 2;
  readonly check: 'kept' | 'lost' | 'none' | 'twice';
  readonly tearsDown: boolean;
  readonly givesBack: 'what it got' | 'always' | 'never';
}

const habits = fc.record<Habits>({
  configures: fc.boolean(),
  reads: fc.constantFrom(1, 2),
  check: fc.constantFrom('kept', 'lost', 'none', 'twice'),
  tearsDown: fc.boolean(),
  givesBack: fc.constantFrom('what it got', 'always', 'never'),
});

type PlatformDevice = Device<'platform', { readonly node: string }>;

function busWith({ configures, reads, check, tearsDown, givesBack }: Habits): Bus {
  const hooks: Hooks<'platform', { readonly node: string }> = {
    *dma_configure(device: PlatformDevice, kernel: BusKernel) {
      if (configures) {
        const configured = yield* kernel.firmware.configure(device, platform.firmware(device));
        if (configured !== OK) return configured;
      }
      let driver = yield* kernel.driver.read(device);
      if (reads === 2) driver = yield* kernel.driver.read(device);
      if (driver === undefined || driver.managesDma) return kernel.ownership.notNeeded(driver);
      if (check === 'none') return kernel.ownership.bypass('made up');
      const verdict = yield* kernel.ownership.use(device);
      if (verdict !== OK && tearsDown) yield* kernel.dma.teardown(device);
      if (check === 'lost') return kernel.ownership.bypass('made up');
      return check === 'twice' && verdict === OK ? yield* kernel.ownership.use(device) : verdict;
    },
    *dma_unconfigure(device: PlatformDevice, kernel: BusKernel) {
      if (givesBack === 'never') return;
      const driver = yield* kernel.driver.read(device);
      if (driver && (givesBack === 'always' || !driver.managesDma)) yield* kernel.ownership.unuse(device);
    },
  };
  const { name, source, says, example, firmware, recognise, isolation, managedDrivers } = platform;
  const about = { name, source, says, example, firmware, recognise, isolation, managedDrivers, history: [] };
  return defineBus({ ...about, ...hooks } as never) as Bus;
}

it('what is said to be the same, different, or the same but for its choices is so', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      habits,
      habits,
      fc.constantFrom('v7', 'v8', '6.1', '6.12', 'sibling-scan', 'v1'),
      fc.constantFrom('present' as const, 'later' as const),
      (one, other, strategy, iommu) => {
        const sides = [
          side('one', under(strategy), busWith(one)),
          side('other', under(strategy), busWith(other)),
        ] as const;
        const machine = alone(platform as Bus, { iommu }, { joins: 'at first bind' });
        const { finding } = compared(sides, [[machine, machine]], { inFlight: 1 });
        const [a, b] = [ltsOf(bruteForce(sides[0], machine, 1)), ltsOf(bruteForce(sides[1], machine, 1))];
        const block = coarsest(union(a, b));
        const bisimilar = block[0] === block[a.steps.length];
        const kind = bisimilar ? 'same' : sameTraces(a, b) ? 'same outcomes, different choices' : 'different';
        seen.add(kind);
        expect(finding.kind).toBe(kind);
      },
    ),
    { numRuns: 15, verbose: true },
  );
  expect([...seen]).toEqual(expect.arrayContaining(['same', 'different']));
});

const right: Habits = { configures: true, reads: 1, check: 'kept', tearsDown: true, givesBack: 'what it got' };

it('what is said to admit more with two operations in flight does, and nothing else', () => {
  fc.assert(
    fc.property(
      habits,
      habits,
      fc.constantFrom('v7', 'v8', '6.1', '6.12', 'sibling-scan', 'v1'),
      (one, other, strategy) => {
        const sides = [
          side('one', under(strategy), busWith(one)),
          side('other', under(strategy), busWith(other)),
        ] as const;
        const machine = alone(platform as Bus);
        const { restriction } = compared(sides, [[machine, machine]], { restriction: true });
        const [a, b] = [ltsOf(bruteForce(sides[0], machine, 2)), ltsOf(bruteForce(sides[1], machine, 2))];
        const expected =
          restriction?.kind === 'admits more'
            ? admitsMore(a, b, restriction.difference.operations)
            : !admitsMore(a, b, 3) && { kind: 'admits nothing more', inFlight: 2 };
        expect(expected).toEqual(restriction?.kind === 'admits more' ? true : restriction);
      },
    ),
    {
      numRuns: 5,
      verbose: true,
      examples: [
        [right, { ...right, tearsDown: false }, '6.12'],
        [{ ...right, check: 'lost' }, right, 'v7'],
      ],
    },
  );
});
