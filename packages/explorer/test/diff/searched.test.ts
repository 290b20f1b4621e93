import type { Bus } from '@busward/core';
import { fslMc } from '@busward/fsl-mc';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { expect, it } from '@jest/globals';
import { INTERNAL } from '../../src/diff/labels.ts';
import type { Observed } from '../../src/diff/observed.ts';
import { seenFrom } from '../../src/diff/on-machine.ts';
import { bruteForce, ltsOf, sameTraces, type Lts } from './brute-force.ts';
import { alone, side, under } from './sides.ts';

/*
 * What is searched has fewer states than what is told, since steps are taken together. Its traces are compared with those of
 * a search that runs the generators through every interleaving and takes nothing together.
 */

const then = platform.at('7.3') as Bus;
const cases = [
  ['v8', side('pci', under('v8'), pci), alone(pci as Bus)],
  ['legacy', side('pci', under('legacy'), pci), alone(pci as Bus)],
  ['7.3, the IOMMU comes later', side('platform', under('7.3'), then), alone(then, { iommu: 'later' })],
  ['6.12, fsl-mc', side('fsl-mc', under('6.12'), fslMc), alone(fslMc as unknown as Bus)],
] as const;

it.each(cases)('%s: the same traces with fewer states', (_what, one, machine) => {
  const how = { sides: [one, one], principles: [], by: 'behaviour', inFlight: 2, limits: { maxStates: 1e5 } } as const;
  const { searched, labels } = seenFrom([machine, machine], how, 2, 'traces');
  const fewer = numbered(searched[0], (label) => (label === INTERNAL ? '' : labels.at(label).text));
  const all = ltsOf(bruteForce(one, machine, 2));
  expect(fewer.steps.length).toBeLessThan(all.steps.length);
  expect(sameTraces(fewer, all)).toBe(true);
});

function numbered(observed: Observed, textOf: (label: number) => string): Lts {
  const steps: (readonly (readonly [string, number])[])[] = [];
  for (let state = 0; state < observed.size(); state++) {
    const own = observed.steps(state);
    steps.push(own.flatMap((label, at) => (at % 2 === 0 ? [[textOf(label), own[at + 1]!] as const] : [])));
  }
  return { names: [], steps };
}
