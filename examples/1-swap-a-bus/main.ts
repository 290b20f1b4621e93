import { device, linux73, machine, principles } from '@busward/core';
import { compare } from '@busward/explorer';
import { pci } from '@busward/pci';
import { platform } from '@busward/platform';
import { comparisonText, plainPage } from '@busward/report';

// The one line: take the PCI bus that Linux 6.15 had, and run this again.
const bus = pci;
// const bus = pci.at('6.15');

// Two functions in one group, on a machine whose IOMMU registers while drivers already bind.
const devices = ['0000:01:00.0', '0000:01:00.1'].map((name) =>
  device(bus, name, { group: 'group 0', joins: 'at first bind' }),
);

console.log(
  comparisonText(
    compare({
      machine: machine('an IOMMU that registers late', { devices, iommu: 'later' }),
      buses: [bus, platform],
      strategies: [linux73],
      principles: principles.filter(({ id }) => id === 'P14'),
    }),
    plainPage,
  ),
);
