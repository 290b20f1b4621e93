import type { FoundDevice, FoundMachine } from './found.ts';

type GroupsTold = 'some' | 'none' | 'nothing';

/**
 * What the sources tell of IOMMU groups: of some, that there are none, or nothing. A kernel log tells from its beginning on,
 * which its version and its command line are.
 */
export function groupsTold({
  devices,
  sources,
  kernel,
  commandLine,
}: Pick<FoundMachine, 'devices' | 'sources' | 'kernel' | 'commandLine'>): GroupsTold {
  if (devices.some(({ group }) => typeof group?.is === 'string')) return 'some';
  const logs = sources.flatMap(({ file, as }) => (as.includes('boot log') ? [file] : []));
  const isBoot = [kernel, commandLine].some((begin) => begin && logs.includes(begin.from.file));
  return isBoot || devices.some(({ group }) => group?.is === null) ? 'none' : 'nothing';
}

/** Whether it is told that a device without a group has none, and not only that no source tells of one. */
export const isToldAlone = ({ group }: FoundDevice, told: GroupsTold): boolean =>
  group !== undefined || told === 'none';

/** What to do where nothing tells of groups. It needs no rights, and every kernel has it. */
export const toTellGroups =
  "'find /sys/kernel/iommu_groups -type l' tells: give what it prints, too; if that is nothing, no IOMMU is in use";
