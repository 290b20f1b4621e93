import { wordAt, type DeviceTree, type Node } from './device-tree.ts';
import { cellOf, isCompatible, nameOf, plainName, propertyOf, stringsOf } from './node.ts';

/**
 * What Linux calls the platform or amba device of a node (`of_device_make_bus_id()`, drivers/of/device.c): its address as
 * the CPU sees it and its name, `10003000.pcie`. Where there is no such address the names of the nodes above come first,
 * up to one that has: `17300000.remoteproc:glink-edge:fastrpc:compute-cb@3`.
 */
export function linuxNameOf(tree: DeviceTree, of: Node): string {
  let below = '';
  for (let node = of; node > 0; node = tree.parents[node]!) {
    const address = addressOf(tree, node);
    if (address !== undefined) {
      const mask = cellOf(tree, node, 'mask');
      const bit = mask === undefined ? '' : `.${(mask === 0 ? -1 : 31 - Math.clz32(mask & -mask)).toString(16)}`;
      return `${address.toString(16)}${bit}.${plainName(tree, node)}${below === '' ? '' : `:${below}`}`;
    }
    below = below === '' ? nameOf(tree, node) : `${nameOf(tree, node)}:${below}`;
  }
  return below;
}

/** On which of Linux's buses it makes the device of a node (`of_platform_bus_create()`, drivers/of/platform.c). */
export const linuxBusOf = (tree: DeviceTree, node: Node): 'amba' | 'platform' =>
  isCompatible(tree, node, 'arm,primecell') ? 'amba' : 'platform';

/** The first address in `reg` as the CPU sees it; absent: there is none, or no way to it (`of_translate_address()`). */
export function addressOf(tree: DeviceTree, node: Node): bigint | undefined {
  const reg = propertyOf(tree, node, 'reg');
  const bus = tree.parents[node]!;
  if (!reg || bus < 0) return undefined;
  const { address: cells, size } = cellCounts(tree, bus);
  if (cells < 1 || cells > 4 || size < 1 || reg.length < 4 * cells) return undefined;
  return upwards(tree, bus, numberAt(reg, 0, cells), cells);
}

/** `#address-cells` and `#size-cells` of a bus, or of the nearest node above that has them (`of_bus_n_addr_cells()`). */
export function cellCounts(tree: DeviceTree, bus: Node): { readonly address: number; readonly size: number } {
  const count = (property: '#address-cells' | '#size-cells'): number => {
    for (let node = bus; node >= 0; node = tree.parents[node]!) {
      const said = cellOf(tree, node, property);
      if (said !== undefined) return said;
    }
    return 1;
  };
  return { address: count('#address-cells'), size: count('#size-cells') };
}

/** A big-endian number of so many cells. */
export function numberAt(bytes: Uint8Array, at: number, cells: number): bigint {
  let value = 0n;
  for (let cell = 0; cell < cells; cell++) value = (value << 32n) | BigInt(wordAt(bytes, at + 4 * cell));
  return value;
}

/** An address on `bus`, through the `ranges` of it and of all buses above. */
function upwards(tree: DeviceTree, bus: Node, address: bigint, cells: number): bigint | undefined {
  if (bus === 0) return address;
  const ranges = propertyOf(tree, bus, 'ranges');
  const above = tree.parents[bus]!;
  if (!ranges || above < 0 || isPci(tree, bus)) return undefined;
  const { address: cellsAbove } = cellCounts(tree, above);
  const { size: sizeCells } = cellCounts(tree, bus);
  if (cellsAbove < 1 || cellsAbove > 4 || sizeCells < 1 || sizeCells > 4) return undefined;
  if (ranges.length === 0) return upwards(tree, above, address, cellsAbove);
  const width = 4 * (cells + cellsAbove + sizeCells);
  for (let at = 0; at + width <= ranges.length; at += width) {
    const start = numberAt(ranges, at, cells);
    const size = numberAt(ranges, at + 4 * (cells + cellsAbove), sizeCells);
    if (address >= start && address < start + size)
      return upwards(tree, above, numberAt(ranges, at + 4 * cells, cellsAbove) + (address - start), cellsAbove);
  }
  return undefined;
}

/** Below a PCI bus `reg` is a place on that bus, and no address. */
const isPci = (tree: DeviceTree, bus: Node): boolean => stringsOf(tree, bus, 'device_type')[0] === 'pci';
