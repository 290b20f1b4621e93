import type { Machine } from '@busward/core';
import type { Trace, TraceState } from './trace.ts';

/** A principle that the recorded kernel itself broke, judged on what was recorded of it. */
export interface BrokenByKernel {
  readonly id: 'P1' | 'P14';
  /** From 0, as the recordings count. */
  readonly step: number;
  readonly says: string;
}

/**
 * P1 where a user has a container on a group and a driver that does not manage DMA itself is bound to a device that
 * shared the group at boot, whatever group it is in by now: the hardware has not changed. P14 where the kernel stopped.
 * Each once, where it comes first.
 */
export function brokenByKernel(trace: Trace, { devices }: Machine): readonly BrokenByKernel[] {
  const found = new Map<string, BrokenByKernel>();
  for (const [step, { state, bug, do: text }] of trace.steps.entries()) {
    const mixed = mixtureIn(state);
    if (mixed !== undefined && !found.has('P1')) found.set('P1', { id: 'P1', step, says: mixed });
    if (bug && !found.has('P14')) found.set('P14', { id: 'P14', step, says: text });
  }
  return [...found.values()];

  function mixtureIn({ drivers, groups }: TraceState): string | undefined {
    for (const [name, { u0, u1 }] of Object.entries(groups)) {
      if (![u0, u1].some((status) => status?.endsWith('+container'))) continue;
      for (const [device, bound] of Object.entries(drivers)) {
        if (trace.devices[device]?.group !== name) continue;
        const driver = devices.find((one) => one.name === device)?.drivers.find((one) => one.name === bound);
        if (driver && !driver.managesDma) return `${device} has ${driver.name}, and a user has a container on ${name}`;
      }
    }
    return undefined;
  }
}
