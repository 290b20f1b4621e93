import { device, groupDevices, type Bus, type Device } from '@busward/core';
import type { Candidate } from './candidate.ts';
import { conditionsOf } from './conditions.ts';
import type { DeviceTree, Node } from './device-tree.ts';
import { directRegions } from './direct-regions.ts';
import { functionsBehind, placeholder } from './functions-behind.ts';
import { behindName, isPlaceholder, mastersOf, type Controller, type Master } from './masters.ts';
import { evidence, isOverlay, modelOf, pathOf } from './node.ts';
import type { Behind, PredictedDevice, Prediction, Remark } from './prediction.ts';
import { mapped } from './specifiers.ts';
import { ask, iommuKind, iommuName, iommusOf, meets, seen, specifierText, type Iommus } from './streams.ts';

/**
 * Predicts a board's IOMMU groups from its device tree, by the buses' own grouping rules: stream ids and what its IOMMUs
 * make of them become facts of devices, and `groupDevices` does the rest. Devices that are found when the machine runs are
 * in no blob; those named in `found` (of a boot log: `0000:01:00.0`, `dpni.3`) are placed by their controller's map.
 */
export function predictGroups(tree: DeviceTree, buses: readonly Bus[], found: readonly string[] = []): Prediction {
  const model = modelOf(tree);
  const said = { file: tree.file, ...(model !== undefined && { model }), damage: tree.damage };
  if (isOverlay(tree)) {
    const says = 'this is an overlay: it changes another tree, and tells of no machine by itself';
    const cannotKnow = [{ about: [], says, from: { file: tree.file, at: '/' } }];
    return { ...said, devices: [], behind: [], cannotKnow, without: [], provided: [] };
  }
  const { masters, controllers, damage } = mastersOf(tree);
  const atRunTime = functionsBehind(tree, controllers, buses, found);
  const candidates = [...masters.map((master) => candidateOf(tree, master)), ...atRunTime.placed];
  const iommus = iommusOf(tree);
  for (const { specifiers } of candidates) for (const one of specifiers) ask(iommus, one);

  const verdicts = candidates.map((one) => judge(iommus, one, buses));
  const devices = grouped(
    verdicts.flatMap((one) => ('device' in one ? [one.device] : [])),
    buses,
  );
  const direct = directRegions(tree);
  const regionOf = new Map(masters.flatMap(({ node, name }) => (direct.has(node) ? [[name, direct.get(node)!]] : [])));
  return {
    ...said,
    damage: [...tree.damage, ...damage],
    devices: devices.map((one) => withRegion(tree, one, regionOf.get(one.device.name))),
    behind: controllers.map((one) => behindOf(iommus, one, masters)),
    cannotKnow: [
      ...verdicts.flatMap((one) => ('cannotKnow' in one ? [one.cannotKnow] : [])),
      ...atRunTime.cannotKnow,
      ...controllers.filter(isPlaceholder).map((one) => placeholder(one, [behindName(one)])),
      ...controllers.flatMap((one) =>
        one.map.wrong === undefined
          ? []
          : [{ about: [behindName(one)], says: `the iommu-map of ${one.name} ${one.map.wrong}`, from: one.from }],
      ),
    ],
    without: [...verdicts.flatMap((one) => ('without' in one ? [one.without] : [])), ...atRunTime.without],
    provided: conditionsOf(iommus, candidates, devices, controllers),
  };
}

const candidateOf = (tree: DeviceTree, { node, ...master }: Master): Candidate => ({
  ...master,
  facts: { node: pathOf(tree, node) },
});

type Verdict = { readonly device: PredictedDevice } | { readonly cannotKnow: Remark } | { readonly without: Remark };

function judge(iommus: Iommus, candidate: Candidate, buses: readonly Bus[]): Verdict {
  const { name, facts, specifiers, iommu, wrong, from } = candidate;
  const about = [name];
  if (specifiers.length === 0 && iommu === undefined)
    return { without: { about, says: wrong === undefined ? 'its iommus is empty' : `its iommus ${wrong}`, from } };
  const all = specifiers.map((one) => seen(iommus, one));
  const streams = specifiers.map((one) => specifierText(iommus, one));
  for (const one of all) {
    if (one.is === 'off') return { without: { about, says: one.says, from } };
    if (one.is === 'unknown') return { cannotKnow: { about, says: one.says, from } };
  }
  const bus = buses.find((plugin) => plugin.name === candidate.bus);
  if (!bus) {
    const says = `it is on bus ${candidate.bus}, for which there is no plugin${streams.length > 0 ? `; its stream is ${streams.join(', ')}` : ''}`;
    return { cannotKnow: { about, says, from } };
  }
  const keys = [...new Set(all.flatMap((one) => (one.is === 'key' ? [one.key] : [])))];
  const known = iommu === undefined ? { streams: keys } : smmuOf(iommus, iommu);
  if (!known)
    return { cannotKnow: { about, says: `what ${iommuName(iommus, iommu!)} makes of its bus is not known`, from } };
  return {
    device: { device: device(bus, name, { joins: 'at first bind', facts: { ...facts, ...known } }), from, streams },
  };
}

/** The fact by which fsl-mc's rule tells the SMMUs apart. */
function smmuOf(iommus: Iommus, iommu: Node): { readonly iommu: string } | undefined {
  const kind = iommuKind(iommus, iommu);
  if (kind.by === 'stream' && kind.driver === 'arm-smmu') return { iommu: 'arm-smmu' };
  return kind.by === 'device' && kind.refuses ? { iommu: 'arm-smmu-v3' } : undefined;
}

function grouped(devices: readonly PredictedDevice[], buses: readonly Bus[]): readonly PredictedDevice[] {
  const inGroups: readonly Device[] = groupDevices(
    devices.map((one) => one.device),
    buses,
  );
  return devices.map((one, at) => ({ ...one, device: inGroups[at]! }));
}

function withRegion(tree: DeviceTree, one: PredictedDevice, region: Node | undefined): PredictedDevice {
  if (region === undefined) return one;
  return { ...one, device: { ...one.device, direct: true }, direct: evidence(tree, region, 'iommu-addresses') };
}

function behindOf(iommus: Iommus, controller: Controller, masters: readonly Master[]): Behind {
  const { name, bus, map, msi, from } = controller;
  const only = map.mask === 0 ? mapped(map, 0) : undefined;
  const entries = only ? [{ input: 0, to: only.to, output: only.cells, length: 1 }] : map.entries.slice(0, mostEntries);
  const sharing = ({ specifiers }: Master): boolean =>
    specifiers.some((own) => entries.some((entry) => meets(iommus, own, entry)));
  return {
    controller: name,
    ...(bus !== undefined && { bus }),
    maps: map.entries
      .filter(({ length }) => length > 0)
      .map(({ input, to, output, length }) => {
        const last = length > 1 ? `..0x${(input + length - 1).toString(16)}` : '';
        return `0x${input.toString(16)}${last} -> ${specifierText(iommus, { to, cells: output })}`;
      }),
    ...(only && { allIn: specifierText(iommus, only) }),
    msi: msi.map((one) => iommuName(iommus, one)),
    with: isPlaceholder(controller) ? [] : masters.filter(sharing).map((one) => one.name),
    from,
  };
}

/** Real maps have a few dozen. */
const mostEntries = 1024;
