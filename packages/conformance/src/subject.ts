import { device, type Bus, type Device } from '@busward/core';
import type { HookWays } from './hook-rules.ts';
import { samplesOf } from './machines.ts';
import { neighbour } from './neighbour.ts';
import { waysThrough } from './ways.ts';

/** A bus under test, and what it is tested with. */
export interface Subject {
  readonly bus: Bus;
  /** Devices of the bus that differ in what matters to it; plain ones beside them, up to `size`. */
  readonly samples: readonly Device[];
  /** These, and one of every special kind that the bus knows: for what is asked of a device alone. */
  readonly kinds: readonly Device[];
  /** Who shares a group with them in machines. */
  readonly neighbour: Bus;
  /** How many devices the machines have. */
  readonly size: number;
}

export function subjectOf(bus: Bus, given: readonly Device[], size: number, reference: Bus | undefined): Subject {
  const samples = samplesOf(bus, given, size);
  return { bus, size, samples, kinds: [...samples, ...specialOf(bus)], neighbour: reference ?? neighbour };
}

/** Devices as `special` has them, two together. */
function specialOf(bus: Bus): readonly Device[] {
  const names = ['special-a', 'special-b'];
  return (bus.special?.(names) ?? []).flatMap((list) =>
    list.map((facts, at) => ({ ...device(bus, names[at] ?? `special-${at}`), facts })),
  );
}

/** Both hooks, run for a device in every way. */
export const hooksFor = (bus: Bus, one: Device): HookWays => ({
  configure: waysThrough(bus, 'dma_configure', one),
  unconfigure: waysThrough(bus, 'dma_unconfigure', one),
  ungrouped: bus.ungrouped !== undefined,
});

/** A device that no hook has seen, with the facts of `one`. */
export const unseen = (bus: Bus, one: Device, at: number): Device => {
  const name = `unseen-${at}`;
  return { ...device(bus, name), facts: { ...one.facts } };
};
