import { device, linux61, machine, principles, type Bus } from '@busward/core';
import { compare } from '@busward/explorer';
import { pci } from '@busward/pci';
import { comparisonText, plainPage } from '@busward/report';
import { fabric } from './bus.js';

// Behind one SMMU the fabric's device shares a group with a PCI function, whatever its author thinks.
const devices = [device(pci, 'nic', { group: 'group 0' }), device(fabric, 'accelerator', { group: 'group 0' })];

console.log(
  comparisonText(
    compare({
      machine: machine('a fabric', { devices }),
      buses: [pci, fabric as Bus],
      strategies: [linux61],
      principles,
    }),
    plainPage,
  ),
);
