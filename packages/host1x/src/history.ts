import { busConfigures, configureOnly, type Revision, withoutHook } from '@busward/core';
import { firmware, type Host1xFacts } from './firmware.ts';

const noDma = 'host1x devices are virtual and do no DMA (8ab58f6841b1)';

/** drivers/gpu/host1x/bus.c, host1x_dma_configure(), oldest first. */
export const history: readonly Revision<'host1x', Host1xFacts>[] = [
  {
    ...busConfigures,
    says: 'firmware only; never a check, and nothing to undo',
    knownBugs: { 1: 'none: virtual compound devices do no DMA themselves (8ab58f6841b1)' },
    ...configureOnly(firmware, noDma),
  },
  {
    commit: '8ab58f6841b1',
    title: 'gpu: host1x: Do not setup DMA for virtual devices',
    // The stable versions are the oldest that were read, not the first that had it.
    since: ['6.9', '6.1.192', '5.10.262'],
    says: 'no hook: virtual compound devices do no DMA themselves',
    knownBugs: { 1: 'none: there is nothing to check (8ab58f6841b1)' },
    ...withoutHook(noDma),
  },
];
