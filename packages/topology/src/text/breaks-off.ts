import { groupsNamed } from '../groups-named.ts';
import { indentOf, type Place } from './line-reader.ts';

/** What is read as it is, and has more below it: a group's heading, or its folder. */
const heading = /^\W*(?:IOMMU )?groups?\W{0,4}\d+\W*$|\/iommu_groups\/\d+(?:\/(?:devices\/?)?)?$/i;
/** An attribute that lspci has printed as far as what it is: `Kernel modules: nouveau`, `I/O ports at e000 [size=128]`. */
const attribute = /: \S|[\])]$/;
/** `1 0000:01:0`: rows begin with their group. */
const row = /^\W*(\d+)[\s,;:|"'=>-]+[0-9a-f][0-9a-f:.]*$/;

/**
 * The group in which a text breaks off, by its last line, which does not end: nobody could read that, or it is the beginning of
 * something. A last line that is whole but for its end has none.
 */
export function breaksOffIn(line: string, isRead: boolean, { group, device }: Place): string | undefined {
  if (line.trim() === '') return undefined;
  const indent = indentOf(line);
  const block = group !== undefined && (group.indent ?? indent) <= indent ? group.is : undefined;
  if (!isRead) return block ?? row.exec(line)?.[1];
  if (device && indent > device.indent) return attribute.test(line) ? undefined : block;
  return heading.test(line) ? groupsNamed(line)[0] : undefined;
}
