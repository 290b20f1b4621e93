import type { Evidence } from '../found.ts';

/* What an ACPI table tells of a machine's IOMMUs, whichever of the three it is. */

export interface AcpiIommu {
  /** `SMMUv3 at 0x9050000`, `DRHD at 0xfed90000`, `IVHD at 0xfeb80000`. */
  readonly name: string;
  readonly from: Evidence;
}

/** A device of the ACPI namespace behind an IOMMU: on Linux's platform bus. */
export interface NamespaceDevice {
  /** Its path (`\_SB.GPU0`), or its hardware id and unique id (`AMDI0020:1`): Linux's name (`QCOM0C36:00`) is in no table. */
  readonly name: string;
  readonly iommu: string;
  /** How the IOMMU knows it: `SMMUv2 at 0x15000000@0x400`. */
  readonly streams: readonly string[];
  /** What devices with the same stream get: a common group, or none but the first. */
  readonly sharing: 'group' | 'refused';
  readonly from: Evidence;
}

/** What is found when the machine runs, behind an IOMMU: PCI functions, or what a namespace device makes. */
export interface FunctionsBehind {
  /** `PCI segment 0`, `0000:00:02.0`, `all other functions of PCI segment 0`; of a namespace device, its path. */
  readonly name: string;
  /** Absent: the driver of the namespace device decides. */
  readonly bus?: 'pci';
  readonly iommu: string;
  /** How requester ids become streams: `0x0..0xffff -> SMMUv3 at 0x9050000@0x0`; empty: they stay what they are. */
  readonly maps: readonly string[];
  /** Their segment, where all of it is meant. */
  readonly segment?: number;
  /** The streams they can have, and from which input id on, where those decide groups across buses. */
  readonly ranges: readonly StreamRange[];
  readonly from: Evidence;
}

interface StreamRange {
  readonly iommu: string;
  readonly input: number;
  readonly from: number;
  readonly length: number;
}

/** Memory that firmware wants devices to reach at its own address for ever (RMRR, RMR, IVMD). */
export interface ReservedRegion {
  readonly first: bigint;
  readonly last: bigint;
  /** Names as above, or PCI addresses. */
  readonly of: readonly string[];
  /** PCI requester ids of a segment that are meant, from first to last. */
  readonly ids?: { readonly segment: number; readonly first: number; readonly last: number };
  /** Intel's driver lets go of those of USB controllers and graphics (`device_rmrr_is_relaxable`). */
  readonly relaxedForUsbAndGraphics: boolean;
  readonly from: Evidence;
}

export interface AcpiFacts {
  readonly iommus: readonly AcpiIommu[];
  readonly devices: readonly NamespaceDevice[];
  readonly behind: readonly FunctionsBehind[];
  readonly regions: readonly ReservedRegion[];
}
