import { device, groupDevices, type Bus } from '@busward/core';
import { match } from 'ts-pattern';
import type { AcpiFacts, FunctionsBehind, NamespaceDevice, ReservedRegion } from './acpi-facts.ts';
import { readAcpiTable, type AcpiTable } from './acpi-table.ts';
import { hex } from './device-tree.ts';
import { readDmar } from './dmar.ts';
import { readIort } from './iort.ts';
import { readIvrs } from './ivrs.ts';
import type { PredictedDevice, Prediction, Remark } from './prediction.ts';

/** An ACPI table and what it tells. */
export interface AcpiReading {
  readonly kind: 'ACPI table';
  readonly table: AcpiTable;
  readonly facts: AcpiFacts;
}

/** Reads an IORT, a DMAR or an IVRS. Throws an InputError if it is none; what is wrong further on is the table's damage. */
export function readAcpi(file: string, bytes: Uint8Array): AcpiReading {
  const table = readAcpiTable(file, bytes);
  const facts = match(table.signature)
    .with('IORT', () => readIort(table))
    .with('DMAR', () => readDmar(table))
    .with('IVRS', () => readIvrs(table))
    .exhaustive();
  return { kind: 'ACPI table', table, facts };
}

/**
 * Predicts groups from an ACPI table: those of namespace devices, by the platform bus's rule. PCI functions are in no
 * table; it tells which IOMMU they are behind, and the PCI bus does the rest when the machine runs.
 */
export function predictAcpi({ table, facts }: AcpiReading, buses: readonly Bus[]): Prediction {
  const named = regionsByName(facts.regions);
  const regionFor = ({ name, streams }: NamespaceDevice): Pick<PredictedDevice, 'direct'> => {
    const region = [name, ...streams].map((one) => named.get(one)).find((one) => one !== undefined);
    return region ? { direct: region.from } : {};
  };
  const platform = buses.find((bus) => bus.name === 'platform');
  const devices = platform
    ? facts.devices.map((one): PredictedDevice => ({
        device: device(platform, one.name, {
          joins: 'when added',
          facts: { node: '', acpi: one.name, streams: one.sharing === 'group' ? one.streams : [] },
        }),
        from: one.from,
        streams: one.streams,
        ...regionFor(one),
      }))
    : [];
  const grouped = groupDevices(
    devices.map((one) => one.device),
    buses,
  );
  return {
    file: table.file,
    devices: devices.map((one, at) => ({ ...one, device: { ...grouped[at]!, direct: one.direct !== undefined } })),
    behind: facts.behind.map((one) => ({
      controller: `${one.name}, behind ${one.iommu}`,
      ...(one.bus && { bus: one.bus }),
      maps: one.maps,
      with: facts.devices.filter((other) => meets(other, one)).map(({ name }) => name),
      from: one.from,
    })),
    cannotKnow: [],
    regions: regions(facts.regions),
    without: facts.behind.filter(({ bus }) => bus === undefined).map(withoutStream),
    provided: [...taken(facts.devices), ...inCommon(facts.behind), ...names(facts.devices)],
    damage: table.damage,
  };
}

/** The regions of each device or stream that they name. */
export function regionsByName(all: readonly ReservedRegion[]): ReadonlyMap<string, ReservedRegion> {
  const named = new Map<string, ReservedRegion>();
  for (const region of all) for (const name of region.of) if (!named.has(name)) named.set(name, region);
  return named;
}

const meets = ({ streams, sharing }: NamespaceDevice, { ranges }: FunctionsBehind): boolean =>
  sharing === 'group' &&
  streams.some((stream) =>
    ranges.some(({ iommu, from, length }) => {
      const id = stream.startsWith(`${iommu}@`) ? Number(stream.slice(iommu.length + 1)) : NaN;
      return id >= from && id < from + length;
    }),
  );

/** `iort_node_get_id()`: only single mappings give a platform device its streams. */
const withoutStream = ({ name, from }: FunctionsBehind): Remark => ({
  about: [name],
  says: 'it has no single mapping: Linux gives it no stream, and no group, unless its driver asks with an input id of its own',
  from,
});

/** Ranges of streams that two of them have, at one SMMU. */
function inCommon(behind: readonly FunctionsBehind[]): readonly Remark[] {
  const ranges = behind.flatMap((one) => one.ranges.map((range) => ({ ...range, one })));
  ranges.sort((a, b) => (a.iommu === b.iommu ? a.from - b.from : a.iommu < b.iommu ? -1 : 1));
  const remarks = new Map<string, Remark>();
  let widest = ranges[0];
  for (const range of ranges.slice(1)) {
    const meet = widest && widest.iommu === range.iommu && range.from < widest.from + widest.length;
    if (meet && widest && widest.one.name !== range.one.name) {
      const about = [widest.one.name, range.one.name].toSorted();
      const says = `they have a stream in common, ${range.iommu}@${hex(range.from)}`;
      if (!remarks.has(about.join())) remarks.set(about.join(), { about, says, from: range.one.from });
    }
    if (!meet || !widest || range.from + range.length > widest.from + widest.length) widest = range;
  }
  return [...remarks.values()];
}

/** arm-smmu-v3 has one device for a stream. */
function taken(devices: readonly NamespaceDevice[]): readonly Remark[] {
  const users = new Map<string, NamespaceDevice[]>();
  for (const one of devices)
    if (one.sharing === 'refused')
      for (const stream of one.streams) {
        const all = users.get(stream);
        if (all) all.push(one);
        else users.set(stream, [one]);
      }
  return [...users].flatMap(([stream, all]) =>
    all.length < 2
      ? []
      : [
          {
            about: all.map(({ name }) => name),
            says: `they have the same stream, ${stream}: an SMMUv3 gives it to the one that joins first, and refuses the others (arm_smmu_insert_master)`,
            from: all[0]!.from,
          },
        ],
  );
}

function regions(all: readonly ReservedRegion[]): readonly Remark[] {
  return all.map(({ first, last, of, relaxedForUsbAndGraphics, from }) => ({
    about: of,
    says: `firmware asks for a 1:1 region at ${hex(first)}..${hex(last)}${relaxedForUsbAndGraphics ? '; Linux lets go of it for USB controllers and graphics (device_rmrr_is_relaxable)' : ''}`,
    from,
  }));
}

function names(devices: readonly NamespaceDevice[]): readonly Remark[] {
  if (devices.length === 0) return [];
  const says =
    'the table has their ACPI names; Linux calls them by hardware id and a number that it gives out at boot (QCOM0C36:00)';
  return [{ about: devices.map(({ name }) => name), says, from: devices[0]!.from }];
}
