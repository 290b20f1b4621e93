import { groupsTold, toTellGroups, type FoundMachine } from '@busward/topology';
import { placeText } from './place-text.ts';

/**
 * What to do about a machine of which no group is told, as far as its command line tells; undefined: one is.
 * Documentation/admin-guide/kernel-parameters.txt: intel_iommu=, amd_iommu=, iommu=. AMD's driver needs no word to be on.
 */
export function noIommu(machine: FoundMachine): string | undefined {
  const { commandLine } = machine;
  const told = groupsTold(machine);
  if (told === 'some') return undefined;
  const off = /\b(intel_iommu|amd_iommu|iommu)=off\b/.exec(commandLine?.is ?? '')?.[0];
  const where = commandLine && placeText(commandLine.from);
  if (off !== undefined) return `the command line turns the IOMMU off (${off}, ${where}): take that out`;
  if (told === 'nothing') return toTellGroups;
  if (!commandLine)
    return `no IOMMU seems to be in use: it is off in the firmware's setup (VT-d, AMD-Vi), or on the command line (${intel}; ${amd})`;
  return /\bintel_iommu=\S*on\b/.test(commandLine.is)
    ? `the command line turns it on (${where}), so that firmware does not offer one (VT-d off in its setup)`
    : `the command line does not turn one on (${where}): ${intel}; ${amd}`;
}

const intel = "intel_iommu=on is needed on Intel where the kernel's default is off";
const amd =
  'on AMD it is on unless amd_iommu=off or iommu=off says otherwise; iommu=pt beside it spares the host translation';
