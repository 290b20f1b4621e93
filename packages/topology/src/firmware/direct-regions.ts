import { wordAt, type DeviceTree, type Node } from './device-tree.ts';
import { addressOf, cellCounts, numberAt } from './linux-name.ts';
import { cellsOf, nodesOf, propertyOf } from './node.ts';

/**
 * The devices for which firmware asks for a 1:1 region: one of their `memory-region`s has `iommu-addresses` for them that
 * are its own addresses (`of_iommu_get_resv_regions()`, drivers/iommu/of_iommu.c). Such a device must never be blocked.
 */
export function directRegions(tree: DeviceTree): ReadonlyMap<Node, Node> {
  const direct = new Map<Node, Node>();
  for (const region of nodesOf(tree))
    for (const device of mappedInPlace(tree, region))
      if (cellsOf(tree, device, 'memory-region')?.some((phandle) => tree.byPhandle.get(phandle) === region))
        direct.set(device, region);
  return direct;
}

/** The devices whose `iommu-addresses` in a region are where the region is. */
function mappedInPlace(tree: DeviceTree, region: Node): ReadonlySet<Node> {
  const bytes = propertyOf(tree, region, 'iommu-addresses');
  const address = bytes && addressOf(tree, region);
  const reg = propertyOf(tree, region, 'reg');
  const devices = new Set<Node>();
  if (!bytes || !reg || address === undefined) return devices;
  const own = cellCounts(tree, tree.parents[region]!);
  const size = reg.length >= 4 * (own.address + own.size) ? numberAt(reg, 4 * own.address, own.size) : 0n;
  for (let at = 0; at + 4 <= bytes.length;) {
    const device = tree.byPhandle.get(wordAt(bytes, at));
    if (device === undefined || tree.parents[device]! < 0) return devices;
    const cells = cellCounts(tree, tree.parents[device]!);
    const width = 4 * (1 + cells.address + cells.size);
    if (cells.address > 4 || cells.size > 4 || at + width > bytes.length) return devices;
    const starts = numberAt(bytes, at + 4, cells.address);
    const long = numberAt(bytes, at + 4 + 4 * cells.address, cells.size);
    if (starts === address && long === size && size > 0n) devices.add(device);
    at += width;
  }
  return devices;
}
