import { hex } from './device-tree.ts';
import {
  damaged,
  evidenceAt,
  partsOf,
  pciName,
  textAt,
  u16,
  u32,
  u64,
  type AcpiTable,
  type Part,
} from './acpi-table.ts';
import type { AcpiFacts, AcpiIommu, FunctionsBehind, NamespaceDevice, ReservedRegion } from './acpi-facts.ts';

/* AMD's I/O Virtualization Reporting Structure (AMD 48882, chapter 5; drivers/iommu/amd/init.c). */

const blocks: readonly number[] = [0x10, 0x11, 0x40];
const memory: readonly number[] = [0x20, 0x21, 0x22];
const entry = {
  all: 1,
  select: 2,
  start: 3,
  end: 4,
  aliasSelect: 66,
  aliasStart: 67,
  extSelect: 70,
  extStart: 71,
  hid: 240,
} as const;
const uid = { isInteger: 1, isText: 2 } as const;
const unityMap = 1;
const exclusionRange = 8;

/** Which functions and namespace devices each IOMMU serves (IVHD), and the 1:1 regions (IVMD). */
export function readIvrs(table: AcpiTable): AcpiFacts {
  const { bytes } = table;
  if (bytes.length < 48) damaged(table, 36, 'the table ends before its blocks');
  const parts = [
    ...partsOf(table, 48, bytes.length, {
      what: 'block',
      least: 24,
      typeAt: (at) => bytes[at]!,
      lengthAt: (at) => u16(bytes, at + 2),
    }),
  ];
  // The same IOMMUs are listed once for each type that there was; Linux reads the newest (get_highest_supported_ivhd_type).
  const newest = Math.max(...parts.map((part) => part.type).filter((kind) => blocks.includes(kind)), 0);
  const iommus = parts.filter((part) => part.type === newest);
  return {
    iommus: iommus.map((one) => iommuOf(table, one)),
    devices: iommus.flatMap((one) => namespaceDevices(table, one)),
    behind: iommus.flatMap((one) => functionsOf(table, one)),
    regions: parts.flatMap((part) => (memory.includes(part.type) ? regionOf(table, part) : [])),
  };
}

function iommuOf({ bytes, ...table }: AcpiTable, { at }: Part): AcpiIommu {
  return { name: `IVHD at ${hex(u64(bytes, at + 8))}`, from: evidenceAt({ bytes, ...table }, at, 'IVHD') };
}

/** Type 10h has no extended feature registers. */
const entriesAt = ({ at, type }: Part): number => at + (type === 0x10 ? 24 : 40);

/** The two highest bits of an entry's type give its size; those from 240 on have their own. */
const entriesOf = (table: AcpiTable, block: Part): readonly Part[] => [
  ...partsOf(table, Math.min(entriesAt(block), block.end), block.end, {
    what: 'device entry',
    least: 4,
    typeAt: (at) => table.bytes[at]!,
    lengthAt: (at) => {
      const kind = table.bytes[at]!;
      if (kind !== entry.hid) return 4 << (kind >> 6);
      return at + 22 <= block.end ? 22 + table.bytes[at + 21]! : 22;
    },
  }),
];

function namespaceDevices(table: AcpiTable, block: Part): readonly NamespaceDevice[] {
  const iommu = iommuOf(table, block).name;
  const segment = u16(table.bytes, block.at + 16);
  return entriesOf(table, block).flatMap((one): readonly NamespaceDevice[] => {
    if (one.type !== entry.hid) return [];
    const name = hidOf(table, one);
    if (name === '') return damaged(table, one.at, 'a device entry has an empty hardware id');
    const streams = [`${iommu}@${pciName(segment, u16(table.bytes, one.at + 1))}`];
    return [{ name, iommu, streams, sharing: 'group', from: evidenceAt(table, one.at, 'device entry') }];
  });
}

/** `AMDI0020:1`: hardware id, and unique id where there is one. */
function hidOf({ bytes }: AcpiTable, { at, end }: Part): string {
  const hid = textAt(bytes, at + 4, at + 12);
  if (hid === '') return '';
  const [form, length] = [bytes[at + 20]!, bytes[at + 21]!];
  if (form === uid.isInteger && length === 8) return `${hid}:${u64(bytes, at + 22)}`;
  return form === uid.isText ? `${hid}:${textAt(bytes, at + 22, end)}` : hid;
}

function functionsOf(table: AcpiTable, block: Part): readonly FunctionsBehind[] {
  const { bytes } = table;
  const iommu = iommuOf(table, block).name;
  const segment = u16(bytes, block.at + 16);
  const functions: FunctionsBehind[] = [];
  const add = (at: number, name: string, maps: readonly string[] = []): void =>
    void functions.push({ name, iommu, bus: 'pci', maps, ranges: [], from: evidenceAt(table, at, 'device entry') });
  let from: { readonly id: number; readonly at: number; readonly alias?: number } | undefined;
  for (const { at, end, type } of entriesOf(table, block)) {
    const id = u16(bytes, at + 1);
    const alias =
      (type === entry.aliasSelect || type === entry.aliasStart) && at + 8 <= end ? u16(bytes, at + 5) : undefined;
    const maps = alias === undefined ? [] : [`requests as ${pciName(segment, alias)}`];
    if (type === entry.all) add(at, `all functions of PCI segment ${segment}`);
    else if (type === entry.select || type === entry.extSelect || type === entry.aliasSelect)
      add(at, pciName(segment, id), maps);
    else if (type === entry.start || type === entry.extStart || type === entry.aliasStart)
      from = { id, at, ...(alias !== undefined && { alias }) };
    else if (type === entry.end) {
      if (!from) damaged(table, at, 'a range of devices ends here and none was begun');
      else
        add(
          from.at,
          `${pciName(segment, from.id)}..${pciName(segment, id).slice(5)}`,
          from.alias === undefined ? [] : [`requests as ${pciName(segment, from.alias)}`],
        );
      from = undefined;
    }
  }
  if (from) damaged(table, from.at, 'a range of devices is begun here and does not end');
  return functions;
}

/** Linux maps exclusion ranges 1:1, too (`init_unity_map_range()`). */
function regionOf(table: AcpiTable, { at, end, type }: Part): readonly ReservedRegion[] {
  const { bytes } = table;
  if (end - at < 32) return damaged(table, at, `an IVMD is ${end - at} bytes long; expected 32`) ?? [];
  if ((bytes[at + 1]! & (unityMap | exclusionRange)) === 0) return [];
  const [first, last] = type === 0x20 ? [0, 0xffff] : [u16(bytes, at + 4), u16(bytes, type === 0x22 ? at + 6 : at + 4)];
  const segment = u32(bytes, at + 8) & 0xffff;
  const start = u64(bytes, at + 16);
  const whom =
    type === 0x20
      ? 'all functions'
      : first === last
        ? pciName(segment, first)
        : `${pciName(segment, first)}..${pciName(segment, last).slice(5)}`;
  return [
    {
      first: start,
      last: start + u64(bytes, at + 24) - 1n,
      of: [whom],
      ids: { segment, first, last },
      relaxedForUsbAndGraphics: false,
      from: evidenceAt(table, at, 'IVMD'),
    },
  ];
}
