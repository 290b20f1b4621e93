import type { FoundMachine } from '@busward/topology';
import { placeText } from './place-text.ts';

/**
 * What to do about a machine none of whose devices has a group, as far as its command line tells; undefined: one has.
 * Documentation/admin-guide/kernel-parameters.txt: intel_iommu=, amd_iommu=, iommu=. AMD's driver needs no word to be on.
 */
export function noIommu({ devices, commandLine }: FoundMachine): string | undefined {
  if (devices.some(({ group }) => typeof group?.is === 'string')) return undefined;
  if (!commandLine)
    return `no IOMMU seems to be in use: it is off in the firmware's setup (VT-d, AMD-Vi), or on the command line (${intel}; ${amd})`;
  const off = /\b(intel_iommu|amd_iommu|iommu)=off\b/.exec(commandLine.is)?.[0];
  const where = placeText(commandLine.from);
  if (off !== undefined) return `the command line turns the IOMMU off (${off}, ${where}): take that out`;
  return /\bintel_iommu=\S*on\b/.test(commandLine.is)
    ? `the command line turns it on (${where}), so that firmware does not offer one (VT-d off in its setup)`
    : `the command line does not turn one on (${where}): ${intel}; ${amd}`;
}

const intel = "intel_iommu=on is needed on Intel where the kernel's default is off";
const amd =
  'on AMD it is on unless amd_iommu=off or iommu=off says otherwise; iommu=pt beside it spares the host translation';
