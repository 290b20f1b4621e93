import type { Bus } from '@busward/core';
import { match } from 'ts-pattern';
import type { Source } from '../found.ts';
import type { Tell } from '../statement.ts';
import { looksLikeAcpiTable } from './acpi-table.ts';
import { looksLikeDeviceTree, readDeviceTree, type DeviceTree } from './device-tree.ts';
import { directRegions } from './direct-regions.ts';
import { mastersOf } from './masters.ts';
import { evidence, isOverlay, modelOf } from './node.ts';
import { predictAcpi, readAcpi, type AcpiReading } from './predict-acpi.ts';
import { predictGroups } from './predict.ts';
import type { Prediction } from './prediction.ts';

/** What a piece of firmware says, as read from its bytes. */
export type Firmware = { readonly kind: 'device tree'; readonly tree: DeviceTree } | AcpiReading;

/** Linux takes device trees of 2 MB at most on arm64 (MAX_FDT_SIZE), and ships none over 0.3; ACPI tables of IOMMUs have some KB. */
export const longestFirmware = 16 * 2 ** 20;

/** Where a running system shows what its firmware has told it. */
export const firmwareInSysfs: readonly string[] = [
  'sys/firmware/fdt',
  ...['IORT', 'DMAR', 'IVRS'].map((table) => `sys/firmware/acpi/tables/${table}`),
];

/** A device tree, or an ACPI table that tells of IOMMUs; a few bytes are enough to see it. */
export const looksLikeFirmware = (bytes: Uint8Array): boolean =>
  looksLikeDeviceTree(bytes) || looksLikeAcpiTable(bytes);

/** Throws an InputError that names the file, the offset and what was expected. */
export const readFirmware = (file: string, bytes: Uint8Array): Firmware =>
  looksLikeDeviceTree(bytes) ? { kind: 'device tree', tree: readDeviceTree(file, bytes) } : readAcpi(file, bytes);

/**
 * Predicts the groups of the machine that the firmware is of.
 * @param found names of devices that other sources tell of; those that are found at run time are in no firmware
 */
export const predict = (firmware: Firmware, buses: readonly Bus[], found: readonly string[] = []): Prediction =>
  match(firmware)
    .with({ kind: 'device tree' }, ({ tree }) => predictGroups(tree, buses, found))
    .with({ kind: 'ACPI table' }, (reading) => predictAcpi(reading, buses))
    .exhaustive();

/** Tells of the machine what stands in the firmware itself; groups are predictions, and are told by nobody. */
export const tellFirmware = (firmware: Firmware, tell: Tell): Source =>
  match(firmware)
    .with({ kind: 'device tree' }, ({ tree }) => tellTree(tree, tell))
    .with({ kind: 'ACPI table' }, (reading) => tellAcpi(reading, tell))
    .exhaustive();

function tellTree(tree: DeviceTree, tell: Tell): Source {
  const { file, damage } = tree;
  const model = modelOf(tree);
  if (isOverlay(tree)) {
    tell({ kind: 'says', text: `${file}: a device-tree overlay, which changes another tree and tells of no machine` });
    return { file, as: ['device-tree overlay'] };
  }
  if (model !== undefined) tell({ kind: 'machine', facts: { model }, from: evidence(tree, 0, 'model') });
  const direct = directRegions(tree);
  const { masters, damage: beyond } = mastersOf(tree);
  for (const { node, name, bus, from } of masters) {
    tell({ kind: 'device', name, facts: { bus, joins: 'at first bind' }, from });
    const region = direct.get(node);
    if (region !== undefined)
      tell({ kind: 'device', name, facts: { direct: true }, from: evidence(tree, region, 'iommu-addresses') });
  }
  for (const from of [...damage, ...beyond]) tell({ kind: 'unread', text: from.at!, from });
  return { file, as: ['device tree'] };
}

function tellAcpi({ table, facts }: AcpiReading, tell: Tell): Source {
  const { file, signature, damage } = table;
  for (const { of, relaxedForUsbAndGraphics, from } of facts.regions)
    for (const name of of.filter((one) => pciAddress.test(one)))
      tell({
        kind: 'device',
        name,
        facts: { bus: 'pci', ...(relaxedForUsbAndGraphics ? { asks: true } : { direct: true }) },
        from,
      });
  for (const from of damage) tell({ kind: 'unread', text: from.at!, from });
  return { file, as: [`ACPI ${signature}`] };
}

const pciAddress = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
