import { hex } from './device-tree.ts';
import { damaged, evidenceAt, partsOf, pciName, textAt, u16, u64, type AcpiTable, type Part } from './acpi-table.ts';
import type { AcpiFacts, AcpiIommu, FunctionsBehind, NamespaceDevice, ReservedRegion } from './acpi-facts.ts';

/* Intel's DMA Remapping table (VT-d specification, chapter 8; include/acpi/actbl1.h). */

const type = { unit: 0, reserved: 1, namespaceDevice: 4 } as const;
const scope = { endpoint: 1, bridge: 2, namespaceDevice: 5 } as const;
const includesAll = 1;

/** Which functions and namespace devices each unit (DRHD) serves, and the 1:1 regions (RMRR). */
export function readDmar(table: AcpiTable): AcpiFacts {
  const { bytes } = table;
  if (bytes.length < 48) damaged(table, 36, 'the table ends before its structures');
  const parts = [
    ...partsOf(table, 48, bytes.length, {
      what: 'remapping structure',
      least: 4,
      typeAt: (at) => u16(bytes, at),
      lengthAt: (at) => u16(bytes, at + 2),
    }),
  ].filter(({ at, end, type: kind }) => {
    const least = leastSize[kind] ?? 4;
    if (end - at < least)
      damaged(table, at, `a structure of type ${kind} is ${end - at} bytes long; expected ${least} or more`);
    return end - at >= least;
  });
  const names = new Map(
    parts.flatMap(({ at, end, type: kind }) =>
      kind === type.namespaceDevice ? [[bytes[at + 7]!, textAt(bytes, at + 8, end)] as const] : [],
    ),
  );
  const units = parts.filter((part) => part.type === type.unit);
  return {
    iommus: units.map((unit) => unitOf(table, unit)),
    devices: units.flatMap((unit) => namespaceDevices(table, unit, names)),
    behind: units.flatMap((unit) => functionsOf(table, unit)),
    regions: parts.flatMap((part) => (part.type === type.reserved ? [regionOf(table, part, names)] : [])),
  };
}

/** By type. */
const leastSize: Readonly<Record<number, number>> = { 0: 16, 1: 24, 2: 8, 3: 20, 4: 9, 5: 8 };

function unitOf(table: AcpiTable, { at }: Part): AcpiIommu {
  return { name: `DRHD at ${hex(u64(table.bytes, at + 8))}`, from: evidenceAt(table, at, 'DRHD') };
}

function namespaceDevices(
  table: AcpiTable,
  unit: Part,
  names: ReadonlyMap<number, string>,
): readonly NamespaceDevice[] {
  const iommu = unitOf(table, unit).name;
  return scopesOf(table, unit, 16).flatMap((one): readonly NamespaceDevice[] => {
    if (one.type !== scope.namespaceDevice) return [];
    const name = names.get(table.bytes[one.at + 4]!);
    if (name === undefined)
      return damaged(table, one.at, `names namespace device ${table.bytes[one.at + 4]}, which no ANDD declares`);
    const streams = [`${iommu}@${addressOf(table, unit, one)}`];
    return [{ name, iommu, streams, sharing: 'group', from: evidenceAt(table, one.at, 'ANDD') }];
  });
}

function functionsOf(table: AcpiTable, unit: Part): readonly FunctionsBehind[] {
  const { bytes } = table;
  const iommu = unitOf(table, unit).name;
  const all = (bytes[unit.at + 4]! & includesAll) !== 0;
  const listed = scopesOf(table, unit, 16).flatMap((one) => {
    const name = functionName(table, unit, one);
    return name === undefined
      ? []
      : [{ name, iommu, bus: 'pci' as const, maps: [], ranges: [], from: evidenceAt(table, one.at, 'device scope') }];
  });
  if (!all) return listed;
  const name = `all other functions of PCI segment ${u16(bytes, unit.at + 6)}`;
  return [
    ...listed,
    { name, iommu, bus: 'pci' as const, maps: [], ranges: [], from: evidenceAt(table, unit.at, 'DRHD') },
  ];
}

function regionOf(table: AcpiTable, part: Part, names: ReadonlyMap<number, string>): ReservedRegion {
  const { bytes } = table;
  return {
    first: u64(bytes, part.at + 8),
    last: u64(bytes, part.at + 16),
    of: scopesOf(table, part, 24).flatMap((one) => {
      const named = one.type === scope.namespaceDevice ? names.get(bytes[one.at + 4]!) : undefined;
      return functionName(table, part, one) ?? named ?? [];
    }),
    relaxedForUsbAndGraphics: true,
    from: evidenceAt(table, part.at, 'RMRR'),
  };
}

const scopesOf = (table: AcpiTable, { at, end }: Part, from: number): readonly Part[] => [
  ...partsOf(table, at + from, end, {
    what: 'device scope',
    least: 6,
    typeAt: (one) => table.bytes[one]!,
    lengthAt: (one) => table.bytes[one + 1]!,
  }),
];

/** An endpoint, or a bridge with all that is below it. */
function functionName(table: AcpiTable, structure: Part, one: Part): string | undefined {
  if (one.type !== scope.endpoint && one.type !== scope.bridge) return undefined;
  const address = addressOf(table, structure, one);
  return one.type === scope.bridge ? `${address} and all below it` : address;
}

/** A path of several steps goes through bridges, whose bus numbers no table has: `0000:00:1c.0 / 00.0`. */
function addressOf({ bytes }: AcpiTable, structure: Part, one: Part): string {
  const step = (at: number): string => `${bytes[at]!.toString(16).padStart(2, '0')}.${bytes[at + 1]}`;
  const steps = Array.from({ length: Math.floor((one.end - one.at - 6) / 2) }, (_, index) =>
    step(one.at + 6 + 2 * index),
  );
  const start = pciName(u16(bytes, structure.at + 6), bytes[one.at + 5]! << 8).slice(0, -4);
  return `${start}${steps.join(' / ')}`;
}
