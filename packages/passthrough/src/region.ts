import { compareVersions } from '@busward/core';
import { tableOf, type Evidence, type Found, type FoundMachine, type RegionTable } from '@busward/topology';
import type { Refused } from './claim.ts';
import type { JudgedBy } from './judged-by.ts';
import type { Member } from './member.ts';

/* Memory that firmware wants a device to reach at its own address for ever. The core spares it since a48ce36e2786 (6.6). */

/** What is told of 1:1 regions of a group: that there are, with where it stands; that there are none; undefined: nothing. */
export function regionsTold(
  { groups }: FoundMachine,
  group: string,
  members: readonly Pick<Member, 'found'>[],
): readonly Evidence[] | undefined {
  const ofDevices = members.map(({ found }) => found.direct);
  const told: readonly (Found<boolean> | undefined)[] = [...ofDevices, groups[group]?.direct];
  const there = told.flatMap((one) => (one?.is ? [one.from] : []));
  const none = groups[group]?.direct?.is === false || ofDevices.every((one) => one?.is === false);
  return there.length > 0 || none ? there : undefined;
}

/** Which table of the firmware names a region, by what its evidence says. */
const tables: Readonly<Record<RegionTable, string>> = {
  RMRR: 'the DMAR table names it (RMRR)',
  IVMD: 'the IVRS table names it (IVMD)',
  'reserved memory range': 'the IORT table names it (a reserved memory range)',
  'iommu-addresses': 'the device tree names it (iommu-addresses)',
};

/** In words, as far as the evidence tells. */
export function tableText(from: Evidence | undefined): string {
  const table = tableOf(from);
  if (table !== undefined) return tables[table];
  return 'an Intel machine names it in the DMAR table (RMRR), an AMD one in IVRS (IVMD), an Arm one in IORT or the device tree';
}

/** Whether the IOMMU of a region is VT-d, which is alone in having RMRRs; undefined: nothing tells. */
export function ofVtd(from: readonly Evidence[]): boolean | undefined {
  const names = from.flatMap((one) => tableOf(one) ?? []);
  return names.length === 0 ? undefined : names.includes('RMRR');
}

/**
 * What a user is told by VT-d alone, which attaches a device with such a region to no unmanaged domain:
 * intel_iommu_attach_device(), device_is_rmrr_locked(), drivers/iommu/intel/iommu.c, until d3aedf94f480 (6.6). From 5.19
 * on a claim attaches one, since the blocking domain is one (0286300e6045) until VT-d has its own (35a99c54dd60, 6.2).
 */
export function refusedByVtd({ version }: Pick<JudgedBy, 'version'>): Refused | undefined {
  if (compareVersions(version, '6.6') >= 0) return undefined;
  const atClaim = compareVersions(version, '5.19') >= 0 && compareVersions(version, '6.2') < 0;
  return { step: atClaim ? 'claim' : 'attach', result: 'EPERM' };
}
