import type { Device } from '@busward/core';
import type { Evidence } from '../found.ts';

/* What firmware lets one say of a machine's IOMMU groups before it runs. */

/** A device and the group it will be in; absent: it gets none. */
export interface PredictedDevice {
  readonly device: Device;
  readonly from: Evidence;
  /** How its IOMMUs know it: `12000000.iommu@0x11`. */
  readonly streams: readonly string[];
  /** Firmware asks for a 1:1 region for it. */
  readonly direct?: Evidence;
}

/** What is said about devices, with the place in the firmware that it follows from. */
export interface Remark {
  /** Names of devices, or of the controller whose devices are meant. */
  readonly about: readonly string[];
  readonly says: string;
  readonly from: Evidence;
}

/** The devices that a controller finds when it runs: PCI functions, objects of a fsl-mc, contexts of a host1x. */
export interface Behind {
  readonly controller: string;
  /** Linux's name of their bus; absent: the controller's driver makes devices of its own. */
  readonly bus?: string;
  /** How input ids become stream ids, entry by entry: `0x0..0xfff -> 12000000.iommu@0x11`. */
  readonly maps: readonly string[];
  /** All of them have this one stream, whatever their input id is. */
  readonly allIn?: string;
  /** Where their interrupts go (`msi-map`), as devices. */
  readonly msi?: readonly string[];
  /** Devices that some of them share a stream with, and so a group: the first of its buses may be another one. */
  readonly with: readonly string[];
  readonly from: Evidence;
}

export interface Prediction {
  readonly file: string;
  readonly model?: string;
  /** Devices with their groups, by the buses' own rules. */
  readonly devices: readonly PredictedDevice[];
  readonly behind: readonly Behind[];
  /** Where firmware does not tell: no group is predicted for these. */
  readonly cannotKnow: readonly Remark[];
  /** Devices that firmware puts behind an IOMMU and that get no group all the same. */
  readonly without: readonly Remark[];
  /** Conditions: who joins first, what a driver's table adds. */
  readonly provided: readonly Remark[];
  /** What is wrong with the blob or the table: the prediction is partial. */
  readonly damage: readonly Evidence[];
}

/** The members of each predicted group, in order of their first device. */
export function groupsOf({ devices }: Prediction): ReadonlyMap<string, readonly PredictedDevice[]> {
  const groups = new Map<string, PredictedDevice[]>();
  for (const one of devices) {
    const { group } = one.device;
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  return groups;
}
