import type { Bus, Device } from '@busward/core';
import type { Finding } from './clause.ts';
import { hooksFor, unseen } from './subject.ts';

/** Devices that were looked at, over all buses: what a bus keeps by name is not known to it yet. */
let looks = 0;

/**
 * Rule 7: looks at what decides the groups of devices of all kinds, in either order, and then calls what is called of the
 * bus later, for one device after the other: nothing changes, for that one or for any other. What only the very first
 * call changes is out of sight, since `defineBus` has made it.
 */
export function groupingFinding(bus: Bus, kinds: readonly Device[]): Finding | undefined {
  const devices = kinds.map((one) => unseen(bus, one, 100 + looks++));
  const keysOf = (one: Device): string => JSON.stringify([bus.isolation(one), bus.firmware(one) ?? null]);
  const before = devices.map(keysOf);
  for (const called of [undefined, ...devices]) {
    if (called) callEverything(bus, called);
    for (const [at, one] of [...devices.entries()].toReversed()) {
      const after = keysOf(one);
      if (after === before[at]) continue;
      return {
        found: `isolation and firmware said ${before[at]} of ${one.name}, and ${after} ${called ? `once ${called.name} had been bound` : 'when they were asked again'}`,
        scenario: () => [
          `add ${one.name}: it is grouped by ${before[at]}`,
          ...(called ? [`bind ${called.name} to a driver: its hook is called`] : []),
          `add a device like ${one.name}: it is grouped by ${after}`,
        ],
        change: 'compute both from the facts of the device, and from nothing that anything else writes',
      };
    }
  }
  return undefined;
}

function callEverything(bus: Bus, one: Device): void {
  hooksFor(bus, one);
  bus.recognise(one.name, 'a driver');
  bus.role?.(one);
}
