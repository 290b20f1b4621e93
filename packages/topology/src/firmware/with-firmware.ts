import type { Bus } from '@busward/core';
import { few } from '../collect.ts';
import type { Evidence, FoundDevice, FoundMachine } from '../found.ts';
import { isName } from '../name.ts';
import type { AcpiFacts } from './acpi-facts.ts';
import { regionsByName } from './predict-acpi.ts';
import type { Prediction, Remark } from './prediction.ts';
import { predict, type Firmware } from './read-firmware.ts';
import { score } from './score.ts';

/**
 * A machine with what its firmware adds. Where other sources tell of groups, they stand, and it is said how well they were
 * predicted; where none does, the predicted ones are taken, and that is said.
 */
export function withFirmware(
  machine: FoundMachine,
  firmware: readonly Firmware[],
  buses: readonly Bus[],
): FoundMachine {
  return firmware.reduce((so, one) => {
    const prediction = predict(
      one,
      buses,
      so.devices.map(({ name }) => name),
    );
    const told = so.devices.some(({ group }) => group !== undefined);
    const devices = one.kind === 'ACPI table' ? withRegions(so.devices, one.facts) : so.devices;
    const more = told ? compared(prediction, so) : conclusions(prediction);
    const damaged = prediction.damage.length > 0 ? [`${prediction.file} is damaged, and read in part`] : [];
    return {
      ...so,
      devices: told ? devices : withGroups(devices, prediction),
      says: [...so.says, ...damaged, ...more],
    };
  }, machine);
}

/** IVMD and RMR mean functions by their ids, which other sources have to name. */
function withRegions(devices: readonly FoundDevice[], { regions, behind }: AcpiFacts): readonly FoundDevice[] {
  const named = regionsByName(regions);
  return devices.map((device) => {
    const [, segment, bus, slot, fn] = /^([0-9a-f]{4,8}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/.exec(device.name) ?? [];
    if (segment === undefined || device.direct || regions.length === 0) return device;
    const id = (parseInt(bus!, 16) << 8) | (parseInt(slot!, 16) << 3) | Number(fn);
    const region =
      behind
        .filter((one) => one.segment === parseInt(segment, 16))
        .flatMap(({ ranges }) => ranges)
        .filter(({ input, length }) => id >= input && id < input + length)
        .map(({ iommu, input, from }) => named.get(`${iommu}@0x${(from + id - input).toString(16)}`))
        .find((one) => one !== undefined) ??
      regions.find(({ ids }) => ids && ids.segment === parseInt(segment, 16) && id >= ids.first && id <= ids.last);
    return region ? { ...device, direct: { is: true, from: region.from } } : device;
  });
}

/** The devices of the firmware with their predicted groups, after those that were told of already. */
function withGroups(devices: readonly FoundDevice[], { devices: predicted }: Prediction): readonly FoundDevice[] {
  const known = new Set(devices.map(({ name }) => name));
  const byName = new Map(predicted.map((one) => [one.device.name, one]));
  const grouped = devices.map((device): FoundDevice => {
    const one = byName.get(device.name);
    return one ? { ...device, ...groupOf(one.device.group, one.from) } : device;
  });
  const added = predicted
    .filter(({ device }) => !known.has(device.name) && isName(device.name))
    .map(({ device, from, direct }): FoundDevice => ({
      name: device.name,
      bus: { is: device.bus, from },
      joins: { is: device.joins, from },
      ...groupOf(device.group, from),
      ...(direct && { direct: { is: true, from: direct } }),
    }));
  return [...grouped, ...added];
}

const groupOf = (group: string | undefined, from: Evidence): Pick<FoundDevice, 'group'> => ({
  group: { is: group === undefined ? null : group.replace('group ', ''), from },
});

function conclusions({ file, devices, behind, cannotKnow, without, provided }: Prediction): readonly string[] {
  const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
  const predicted =
    devices.length === 0
      ? []
      : [
          `no source tells of IOMMU groups: those of ${counted(devices.length, 'device', 'devices')} are predicted from ${file}, and numbered by it`,
        ];
  return [
    ...predicted,
    ...behind
      .filter((one) => one.with.length > 0)
      .map(
        (one) =>
          `${one.bus === 'pci' ? 'PCI functions' : 'devices'} behind ${one.controller} will be in the group of ${one.with.join(', ')}`,
      ),
    ...bySaying(cannotKnow.filter(({ about }) => about.length > 0)).map(
      ([says, about]) => `${file} cannot tell of ${few(about)}: ${says}`,
    ),
    ...bySaying(without).map(([says, about]) => `${few(about)} will have no group: ${says}`),
    ...bySaying(provided).map(([says, about]) => `${few(about)}: ${says}`),
  ];
}

/** What is said of several, once. */
function bySaying(remarks: readonly Remark[]): readonly (readonly [string, readonly string[]])[] {
  const all = new Map<string, string[]>();
  for (const { about, says } of remarks) all.set(says, [...(all.get(says) ?? []), ...about]);
  return [...all];
}

function compared(prediction: Prediction, { devices }: FoundMachine): readonly string[] {
  const logged = devices.flatMap(({ name, group }) =>
    typeof group?.is === 'string' ? [{ name, group: group.is }] : [],
  );
  const { verdict, groups, shouldHaveNone } = score(prediction, logged);
  if (verdict === 'cannot know') return [`${prediction.file} does not tell of the groups of these devices`];
  const wrong = groups.filter((one) => one.wrong.length > 0);
  return [
    `${prediction.file} predicts ${groups.length - wrong.length} of ${groups.length} groups as they are`,
    ...wrong.map(({ group, wrong: reasons }) => `group ${group} is not as predicted: ${reasons.join('; ')}`),
    ...shouldHaveNone.map(({ name, says }) => `${name} has a group, and should have none: ${says}`),
  ];
}
