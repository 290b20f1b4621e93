import {
  kernelDriver,
  machine,
  principles,
  strategies,
  userDriver,
  type Bus,
  type Device,
  type Machine,
  type Strategy,
} from '@busward/core';
import { diff, type Diff, type DiffOptions, type Difference, type Pair, type Side } from '@busward/explorer';
import { pci } from '@busward/pci';

/** A device with one kernel driver and one VFIO driver, called the same on every bus. */
export const deviceOn = (bus: Bus, name: string, more: Partial<Device> = {}): Device => ({
  name,
  bus: bus.name,
  facts: bus.example(name),
  group: 'g',
  joins: 'when added',
  direct: false,
  bridge: false,
  drivers: [kernelDriver('kernel'), userDriver('vfio')],
  ...more,
});

/** A is on the bus in question, alone in its group. */
export const alone = (bus: Bus, more: Partial<Machine> = {}, about: Partial<Device> = {}): Machine =>
  machine('alone', { devices: [deviceOn(bus, 'A', about)], ...more });

/** A is on the bus in question, and shares its group with B, which is on PCI. */
export const shared = (bus: Bus, more: Partial<Machine> = {}, about: Partial<Device> = {}): Machine =>
  machine('shared', { devices: [deviceOn(bus, 'A', about), deviceOn(pci as Bus, 'B', about)], ...more });

export const side = (name: string, strategy: Strategy, ...buses: readonly object[]): Side => ({
  name,
  strategy,
  buses: buses as readonly Bus[],
});

export const under = (name: string): Strategy => strategies.find((strategy) => strategy.name === name)!;

export const compared = (
  sides: Pair<Side>,
  machines: readonly Pair<Machine>[],
  more: Partial<DiffOptions> = {},
): Diff => diff({ sides, machines, principles, ...more });

export function theDifference({ finding }: Diff): Difference {
  if (finding.kind !== 'different') throw new Error(`it is ${finding.kind}`);
  return finding.differences[0];
}

/** `bind A to kernel, register the IOMMU of g`. */
export const callsOf = ({ before, shows }: Difference): string =>
  [...before.map(({ text }) => text), shows]
    .filter((text) => text.startsWith('call: '))
    .map((text) => text.slice(6))
    .join(', ');
