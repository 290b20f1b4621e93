import { hex } from './device-tree.ts';
import { damaged, evidenceAt, partsOf, textAt, u16, u32, u64, type AcpiTable, type Part } from './acpi-table.ts';
import type { AcpiFacts, AcpiIommu, FunctionsBehind, NamespaceDevice, ReservedRegion } from './acpi-facts.ts';

/* Arm's IO Remapping Table (Arm DEN 0049; include/acpi/actbl2.h), as drivers/acpi/arm64/iort.c reads it. */

const type = { namedComponent: 1, rootComplex: 2, smmu: 3, smmuV3: 4, reserved: 6 } as const;
const nodeHeader = 16;
const mappingSize = 20;
const singleMapping = 1;

/** Nodes, and what they map to SMMUs. A mapping to an ITS is about interrupts and is passed over. */
export function readIort(table: AcpiTable): AcpiFacts {
  const { bytes } = table;
  if (bytes.length < 48) damaged(table, 36, 'the table ends before its list of nodes');
  const first = bytes.length < 48 ? bytes.length : u32(bytes, 40);
  const nodes = [
    ...partsOf(table, Math.max(first, 48), bytes.length, {
      what: 'node',
      least: nodeHeader,
      typeAt: (at) => bytes[at]!,
      lengthAt: (at) => u16(bytes, at + 1),
    }),
  ];
  if (bytes.length >= 48 && nodes.length !== u32(bytes, 36))
    damaged(table, 36, `says there are ${u32(bytes, 36)} nodes; ${nodes.length} could be read`);
  const smmus = new Map(nodes.flatMap((node) => (isSmmu(node) ? [[node.at, smmuOf(table, node)] as const] : [])));
  const mappings = (node: Part): readonly Mapping[] => mappingsOf(table, node, smmus);
  return {
    iommus: [...smmus.values()],
    devices: nodes.flatMap((node) =>
      node.type === type.namedComponent ? componentOf(table, node, mappings(node)) : [],
    ),
    behind: nodes.flatMap((node) => behindOf(table, node, mappings(node))),
    regions: nodes.flatMap((node) => (node.type === type.reserved ? regionsOf(table, node, mappings(node)) : [])),
  };
}

interface Smmu extends AcpiIommu {
  readonly sharing: NamespaceDevice['sharing'];
}

const isSmmu = (node: Part): boolean => node.type === type.smmu || node.type === type.smmuV3;

/** An SMMUv3 does not let devices share a stream (kernel-side: arm_smmu_insert_master). */
function smmuOf(table: AcpiTable, node: Part): Smmu {
  const kind = node.type === type.smmuV3 ? 'SMMUv3' : 'SMMU';
  const address = node.at + nodeHeader + 8 <= node.end ? u64(table.bytes, node.at + nodeHeader) : 0n;
  return {
    name: `${kind} at ${hex(address)}`,
    sharing: node.type === type.smmuV3 ? 'refused' : 'group',
    from: evidenceAt(table, node.at, kind),
  };
}

/** Input ids from `input` on, `length` of them, as an SMMU sees them; `single`: whatever the input id is. */
interface Mapping {
  readonly input: number;
  readonly length: number;
  readonly output: number;
  readonly smmu: Smmu;
  readonly single: boolean;
}

function mappingsOf(table: AcpiTable, node: Part, smmus: ReadonlyMap<number, Smmu>): readonly Mapping[] {
  const { bytes } = table;
  if (isSmmu(node)) return [];
  return listed(table, node, node.at + 8, mappingSize).flatMap((at) => {
    const smmu = smmus.get(u32(bytes, at + 12));
    // The table has the number of ids less one.
    const length = u32(bytes, at + 4) + 1;
    const single = (u32(bytes, at + 16) & singleMapping) !== 0;
    return smmu ? [{ input: u32(bytes, at), length, output: u32(bytes, at + 8), smmu, single }] : [];
  });
}

/** A device of the namespace has the streams of its single mappings (`iort_node_get_id()`). */
function componentOf(table: AcpiTable, node: Part, mappings: readonly Mapping[]): readonly NamespaceDevice[] {
  const single = mappings.filter((one) => one.single);
  if (single.length === 0) return [];
  return [
    {
      name: nameOf(table, node),
      iommu: single[0]!.smmu.name,
      streams: [...new Set(single.map(({ smmu, output }) => `${smmu.name}@${hex(output)}`))],
      sharing: single[0]!.smmu.sharing,
      from: evidenceAt(table, node.at, 'named component'),
    },
  ];
}

const nameOf = ({ bytes }: AcpiTable, node: Part): string => {
  const name = textAt(bytes, node.at + nodeHeader + 13, node.end);
  return name === '' ? `named component at ${hex(node.at)}` : name;
};

/** A root complex, or a component whose driver finds devices with ids of their own, as a fsl-mc does. */
function behindOf(table: AcpiTable, node: Part, mappings: readonly Mapping[]): readonly FunctionsBehind[] {
  const ranges = mappings.filter(
    (one) => node.type === type.rootComplex || (node.type === type.namedComponent && !one.single),
  );
  if (ranges.length === 0) return [];
  const isRoot = node.type === type.rootComplex;
  const segment = isRoot && node.at + nodeHeader + 16 <= node.end ? u32(table.bytes, node.at + nodeHeader + 12) : 0;
  return [
    {
      name: isRoot ? `PCI segment ${segment}` : nameOf(table, node),
      ...(isRoot && { bus: 'pci', segment }),
      iommu: ranges[0]!.smmu.name,
      maps: ranges.map(({ input, length, output, smmu, single }) => {
        const last = length > 1 ? `..${hex(input + length - 1)}` : '';
        return `${single ? 'any' : `${hex(input)}${last}`} -> ${smmu.name}@${hex(output)}`;
      }),
      ranges: ranges.map(({ input, length, output, smmu, single }) => ({
        iommu: smmu.name,
        input,
        from: output,
        length: single ? 1 : length,
      })),
      from: evidenceAt(table, node.at, isRoot ? 'root complex' : 'named component'),
    },
  ];
}

const regionSize = 20;

/** A reserved memory range: its mappings name the streams that go there (`iort_node_get_rmr_info()`). */
function regionsOf(table: AcpiTable, node: Part, mappings: readonly Mapping[]): readonly ReservedRegion[] {
  const { bytes } = table;
  if (node.at + nodeHeader + 12 > node.end) return [];
  const of = mappings.map(({ smmu, output, length, single }) =>
    single || length === 1 ? `${smmu.name}@${hex(output)}` : `${smmu.name}@${hex(output)}..${hex(output + length - 1)}`,
  );
  return listed(table, node, node.at + nodeHeader + 4, regionSize).map((at) => ({
    first: u64(bytes, at),
    last: u64(bytes, at) + u64(bytes, at + 8) - 1n,
    of,
    relaxedForUsbAndGraphics: false,
    from: evidenceAt(table, at, 'reserved memory range'),
  }));
}

/** Where the entries of a node's list are, as far as there is room for them: how many stands at `at`, where after it. */
function listed(table: AcpiTable, node: Part, at: number, size: number): readonly number[] {
  const [count, offset] = [u32(table.bytes, at), u32(table.bytes, at + 4)];
  const fits = offset < nodeHeader ? 0 : Math.max(0, Math.floor((node.end - node.at - offset) / size));
  if (count > fits) damaged(table, at, `says there are ${count} entries; there is room for ${fits}`);
  const read = Math.min(count, fits, Math.max(0, table.budget.left));
  table.budget.left -= read;
  return Array.from({ length: read }, (_, index) => node.at + offset + index * size);
}
