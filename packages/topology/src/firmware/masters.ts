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
  readonly from: Evidence;
}

export interface Described {
  readonly masters: readonly Master[];
  readonly controllers: readonly Controller[];
}

/** What a controller's devices are called together. */
export const behindName = ({ name, bus }: Pick<Controller, 'name' | 'bus'>): string =>
  bus === undefined ? `what ${name} maps` : `${bus === 'pci' ? 'PCI functions' : `${bus} devices`} behind ${name}`;

/** Its map was left for firmware to fill in: it maps nothing, or nothing but input 0, to stream 0. */
export const isPlaceholder = ({ map }: Controller): boolean =>
  map.mask !== 0 &&
  map.entries.every(({ input, output, length }) => length === 0 || (length === 1 && input === 0 && output[0] === 0));

/** All enabled nodes with `iommus` or `iommu-map`, in the order of the tree. */
export function mastersOf(tree: DeviceTree): Described {
  const masters: Master[] = [];
  const controllers: Controller[] = [];
  for (const node of nodesOf(tree)) {
    const isMaster = propertyOf(tree, node, 'iommus') !== undefined;
    const map = idMapOf(tree, node, 'iommu-map');
    if ((!isMaster && !map) || !isEnabled(tree, node)) continue;
    const name = linuxNameOf(tree, node);
    if (isMaster)
      masters.push({
        node,
        name,
        bus: linuxBusOf(tree, node),
        ...specifiersOf(tree, node),
        from: evidence(tree, node, 'iommus'),
      });
    if (map) controllers.push({ node, name, ...busBehind(tree, node), map, from: evidence(tree, node, 'iommu-map') });
  }
  return { masters, controllers };
}

function busBehind(tree: DeviceTree, node: Node): Pick<Controller, 'bus'> {
  if (isCompatible(tree, node, 'fsl,qoriq-mc')) return { bus: 'fsl-mc' };
  if (isCompatible(tree, node, /^nvidia,tegra\d+-host1x$/)) return { bus: 'host1x-context' };
  return stringsOf(tree, node, 'device_type')[0] === 'pci' ? { bus: 'pci' } : {};
}
