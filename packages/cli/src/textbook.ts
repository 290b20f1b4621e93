import { fstatSync } from 'node:fs';
import { device, groupDevices, kernelDriver, machine, stubDriver } from '@busward/core';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import type { MachineToExplore } from '@busward/topology';

/** The textbook machine, where none was named. Says so to whoever has piped one in. */
export function noMachineNamed(): MachineToExplore {
  const input = fstatSync(0);
  if (input.isFIFO() || (input.isFile() && input.size > 0))
    process.stderr.write('busward: standard input is not read; give - to read a machine from it\n');
  return textbookMachine();
}

/**
 * The machine of the argument: a platform device and a PCI function with one stream id, so that they share a group
 * across buses; and, in a group of their own, a root port and the endpoint below it, without ACS.
 */
function textbookMachine(): MachineToExplore {
  const streams = ['smmu@0x11'];
  const withoutAcsBelow = '0000:00:01.0';
  const devices = [
    device(platform, 'dma-engine', { facts: { streams } }),
    device(pci, '0000:01:00.0', { facts: { streams } }),
    device(pci, '0000:00:01.0', {
      facts: { withoutAcsBelow },
      bridge: true,
      drivers: [stubDriver('pcieport'), kernelDriver('kernel-driver')],
    }),
    device(pci, '0000:02:00.0', { facts: { withoutAcsBelow } }),
  ];
  return {
    machine: machine('a textbook machine', { devices: groupDevices(devices, [pci, platform]) }),
    says: ['no machine was named; groups are made by the grouping rules of the buses'],
  };
}
