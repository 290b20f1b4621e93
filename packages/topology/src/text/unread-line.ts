import { groupsNamed } from '../groups-named.ts';
import { address } from '../pci-name.ts';
import { indentOf, type Place } from './line-reader.ts';

/** What speaks of a device or of its group, whoever wrote it. */
const speaks = new RegExp(
  [
    'Adding (?:device .*?)?to (?:iom|group)',
    'iommu[_ ]groups?\\W+\\d',
    'IOMMU group',
    'Kernel driver in use:',
    `^[\\s*|-]*${address}(?!:?[\\w.-])`,
    '^\\W*groups?\\W{0,4}\\d',
  ].join('|'),
  'i',
);
const pci = new RegExp(`\\b${address}\\b`);
/** `1,0000:01:00.0,nvme`, and the like. */
const row = new RegExp(`^\\W*(?!${address})(\\d+)[\\s,;:|"'=>-]+${address}\\b`);
/** Something in a group's block that looks like the name of a device. */
const named = new RegExp(`(?:^|[\\s"'])(?:${address}\\b|[0-9a-f]{3,16}\\.[a-z]|[\\w-]+@[0-9a-f]|dp[a-z]+\\.\\d)`);

/** Whether a line that nobody could read speaks of devices, and the group that it stands in, or begins with. */
export function speaksOf(line: string, place: Place): { readonly group?: string } | undefined {
  const first = row.exec(line)?.[1];
  if (first !== undefined) return { group: first };
  const { group } = place;
  const inBlock = group !== undefined && (group.indent ?? indentOf(line)) <= indentOf(line) && named.test(line);
  if (inBlock) return { group: group.is };
  return speaks.test(line) || (groupsNamed(line).length > 0 && pci.test(line)) ? {} : undefined;
}
