import type { Evidence } from '../found.ts';
import type { DeviceTree, Node } from './device-tree.ts';
import { linuxBusOf, linuxNameOf } from './linux-name.ts';
import { evidence, isCompatible, isEnabled, nodesOf, propertyOf, stringsOf } from './node.ts';
import { idMapOf, specifiersOf, type IdMap, type Specifier } from './specifiers.ts';

/** A device that its own node puts behind an IOMMU, by `iommus`. */
export interface Master {
  readonly node: Node;
  readonly name: string;
  readonly bus: 'platform' | 'amba';
  readonly specifiers: readonly Specifier[];
  /** What cannot be read of its `iommus`. */
  readonly wrong?: string;
  readonly from: Evidence;
}

/** A controller whose devices are found when it runs, and get their ids by its `iommu-map`. */
export interface Controller {
  readonly node: Node;
  readonly name: string;
  /** On which of Linux's buses they are; absent: its driver makes devices of its own. */
  readonly bus?: 'pci' | 'fsl-mc' | 'host1x-context';
  readonly map: IdMap;
  /** Where their interrupts go, by `msi-map`. */
  readonly msi: readonly Node[];
  readonly from: Evidence;
}

export interface Described {
  readonly masters: readonly Master[];
  readonly controllers: readonly Controller[];
  /** There is more than any board has; the rest is not read. */
  readonly damage: readonly Evidence[];
}

/** What a controller's devices are called together. */
export const behindName = ({ name, bus }: Pick<Controller, 'name' | 'bus'>): string =>
  bus === undefined ? `what ${name} maps` : `${bus === 'pci' ? 'PCI functions' : `${bus} devices`} behind ${name}`;

/** Its map was left for firmware to fill in: it maps nothing, or nothing but input 0, to stream 0. */
export const isPlaceholder = ({ map }: Controller): boolean =>
  map.mask !== 0 &&
  map.wrong === undefined &&
  map.entries.every(({ input, output, length }) => length === 0 || (length === 1 && input === 0 && output[0] === 0));

/** All enabled nodes with `iommus` or `iommu-map`, in the order of the tree. */
export function mastersOf(tree: DeviceTree): Described {
  const masters: Master[] = [];
  const controllers: Controller[] = [];
  let left = mostIds;
  for (const node of nodesOf(tree)) {
    const isMaster = propertyOf(tree, node, 'iommus') !== undefined;
    const isController = propertyOf(tree, node, 'iommu-map') !== undefined;
    if ((!isMaster && !isController) || !isEnabled(tree, node)) continue;
    const name = linuxNameOf(tree, node);
    if (left <= 0) return { masters, controllers, damage: [{ ...evidence(tree, node, 'iommus'), at: beyond(name) }] };
    if (isMaster) {
      const read = specifiersOf(tree, node, left);
      masters.push({ node, name, bus: linuxBusOf(tree, node), ...read, from: evidence(tree, node, 'iommus') });
      left -= read.specifiers.length + 1;
    }
    const map = isController ? idMapOf(tree, node, 'iommu-map', left) : undefined;
    if (map) {
      const msi = idMapOf(tree, node, 'msi-map', left)?.entries.map(({ to }) => to) ?? [];
      const from = evidence(tree, node, 'iommu-map');
      controllers.push({ node, name, ...busBehind(tree, node), map, msi: [...new Set(msi)], from });
      left -= map.entries.length + 1;
    }
  }
  return { masters, controllers, damage: [] };
}

/** Forty times as many ids as the board with the most has (of those that Debian ships). */
const mostIds = 4096;

const beyond = (name: string): string => `${name}: more than ${mostIds} ids at IOMMUs; from here on they are not read`;

function busBehind(tree: DeviceTree, node: Node): Pick<Controller, 'bus'> {
  if (isCompatible(tree, node, 'fsl,qoriq-mc')) return { bus: 'fsl-mc' };
  if (isCompatible(tree, node, /^nvidia,tegra\d+-host1x$/)) return { bus: 'host1x-context' };
  return stringsOf(tree, node, 'device_type')[0] === 'pci' ? { bus: 'pci' } : {};
}
