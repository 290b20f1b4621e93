import type { Machine } from '@busward/core';
import type { Trace, TraceState, TraceStep } from './trace.ts';

/** A principle that the recorded kernel itself broke, judged on what was recorded of it. */
export interface BrokenByKernel {
  readonly id: 'P1' | 'P14';
  /** From 0, as the recordings count. */
  readonly step: number;
  readonly says: string;
}

/**
 * P1 where a user has a container on a group, or has claimed it through the lab module, and a driver that does not
 * manage DMA itself is bound to a device that shared the group at boot, whatever group it is in by now: the hardware has
 * not changed. P14 where the kernel stopped. Each once, where it comes first.
 */
export function brokenByKernel(trace: Trace, { devices }: Machine): readonly BrokenByKernel[] {
  const found = new Map<string, BrokenByKernel>();
  /** Users and groups, by claim. */
  const claims = new Set<string>();
  for (const [at, step] of trace.steps.entries()) {
    follow(step);
    const mixed = mixtureIn(step.state);
    if (mixed !== undefined && !found.has('P1')) found.set('P1', { id: 'P1', step: at, says: mixed });
    if (step.bug && !found.has('P14')) found.set('P14', { id: 'P14', step: at, says: step.do });
  }
  return [...found.values()];

  /** A claim that was granted is held until its user gives it back, or dies. */
  function follow({ do: text, result }: TraceStep): void {
    const [verb, user = '', device = ''] = text.split(' ');
    if (result !== 'ok') return;
    if (verb === 'claim') claims.add(`${user} ${trace.devices[device]?.group}`);
    if (verb === 'release') claims.delete(`${user} ${trace.devices[device]?.group}`);
    if (verb === 'die') for (const claim of claims) if (claim.startsWith(`${user} `)) claims.delete(claim);
  }

  function mixtureIn({ drivers, groups }: TraceState): string | undefined {
    const contained = Object.keys(groups).filter((name) =>
      [groups[name]!.u0, groups[name]!.u1].some((status) => status?.endsWith('+container')),
    );
    const claimed = [...claims].map((claim) => claim.replace(/^\S+ /, ''));
    for (const [kind, names] of [
      ['has a container on', contained],
      ['has claimed', claimed],
    ] as const)
      for (const name of names)
        for (const [device, bound] of Object.entries(drivers)) {
          if (trace.devices[device]?.group !== name) continue;
          const driver = devices.find((one) => one.name === device)?.drivers.find((one) => one.name === bound);
          if (driver && !driver.managesDma) return `${device} has ${driver.name}, and a user ${kind} ${name}`;
        }
    return undefined;
  }
}
