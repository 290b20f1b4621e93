import type { Bus, Facts } from '@busward/core';
import { hex, type DeviceTree, type Node } from './device-tree.ts';
import { linuxNameOf } from './linux-name.ts';
import { isPlaceholder, type Controller } from './masters.ts';
import { cellOf, evidence, isEnabled, nodesOf, propertyOf, stringsOf } from './node.ts';
import type { Candidate } from './candidate.ts';
import type { Remark } from './prediction.ts';
import { mapped } from './specifiers.ts';

/** What can be said of devices that are found when the machine runs. */
export interface Placed {
  readonly placed: readonly Candidate[];
  readonly cannotKnow: readonly Remark[];
  readonly without: readonly Remark[];
}

type Verdict = { readonly candidate: Candidate } | { readonly cannotKnow: Remark } | { readonly without: Remark };

/** Places devices by name: PCI functions and objects of a fsl-mc, by the buses that recognise them, and host1x contexts. */
export function functionsBehind(
  tree: DeviceTree,
  controllers: readonly Controller[],
  buses: readonly Bus[],
  found: readonly string[],
): Placed {
  const hosts = pciHosts(tree, controllers);
  const verdicts = found.flatMap((name) => {
    const context = /^host1x-ctx\.(\d+)$/.exec(name);
    if (context) return placeContext(tree, controllers, name, Number(context[1]));
    for (const bus of buses) {
      const recognised = bus.name === 'pci' || bus.name === 'fsl-mc' ? bus.recognise(name, '') : undefined;
      if (!recognised?.sure) continue;
      return bus.name === 'pci'
        ? placeFunction(tree, hosts, name)
        : placeObject(tree, controllers, name, recognised.facts);
    }
    return [];
  });
  return {
    placed: verdicts.flatMap((one) => ('candidate' in one ? [one.candidate] : [])),
    cannotKnow: verdicts.flatMap((one) => ('cannotKnow' in one ? [one.cannotKnow] : [])),
    without: verdicts.flatMap((one) => ('without' in one ? [one.without] : [])),
  };
}

interface PciHost {
  readonly node: Node;
  /** Its segment, if the blob says which. */
  readonly segment?: number;
  readonly controller?: Controller;
}

function pciHosts(tree: DeviceTree, controllers: readonly Controller[]): readonly PciHost[] {
  const isPci = (node: Node): boolean => node >= 0 && stringsOf(tree, node, 'device_type')[0] === 'pci';
  return [...nodesOf(tree)]
    .filter((node) => isPci(node) && !isPci(tree.parents[node]!) && isEnabled(tree, node))
    .map((node) => {
      const segment = cellOf(tree, node, 'linux,pci-domain');
      const controller = controllers.find((one) => one.node === node);
      return { node, ...(segment !== undefined && { segment }), ...(controller && { controller }) };
    });
}

function placeFunction(tree: DeviceTree, hosts: readonly PciHost[], name: string): readonly Verdict[] {
  const [segment, bus, slot] = name.split(':');
  const [device, fn] = slot!.split('.');
  const rid = (parseInt(bus!, 16) << 8) | (parseInt(device!, 16) << 3) | parseInt(fn!, 16);
  const host = hosts.length === 1 ? hosts[0] : hosts.find((one) => one.segment === parseInt(segment!, 16));
  if (!host) {
    const says = `which of the ${hosts.length} enabled PCI controllers has segment ${segment} is decided when they start`;
    return [{ cannotKnow: { about: [name], says, from: { file: tree.file } } }];
  }
  const { controller } = host;
  if (!controller) {
    const says = `its controller, ${linuxNameOf(tree, host.node)}, has no iommu-map`;
    return [{ without: { about: [name], says, from: evidence(tree, host.node, 'iommu-map') } }];
  }
  if (isPlaceholder(controller)) return [{ cannotKnow: placeholder(controller, [name]) }];
  const specifier = mapped(controller.map, rid);
  if (!specifier) {
    const says = `the iommu-map of its controller, ${controller.name}, has nothing for requester id ${hex(rid)}`;
    return [{ without: { about: [name], says, from: controller.from } }];
  }
  const facts = { address: name };
  return [{ candidate: { name, bus: 'pci', facts, specifiers: [specifier], from: controller.from } }];
}

/** An object has the stream of its container's ICID, which the management complex hands out: the bus's rule needs none. */
function placeObject(
  tree: DeviceTree,
  controllers: readonly Controller[],
  name: string,
  facts: Facts,
): readonly Verdict[] {
  const complex = controllers.find(({ bus }) => bus === 'fsl-mc');
  if (!complex) {
    const says = 'there is no enabled fsl,qoriq-mc with an iommu-map';
    return [{ without: { about: [name], says, from: { file: tree.file } } }];
  }
  if (isPlaceholder(complex)) return [{ cannotKnow: placeholder(complex, [name]) }];
  const dmaRanges = propertyOf(tree, complex.node, 'dma-ranges') !== undefined;
  const { to } = complex.map.entries[0]!;
  return [
    {
      candidate: { name, bus: 'fsl-mc', facts: { ...facts, dmaRanges }, specifiers: [], iommu: to, from: complex.from },
    },
  ];
}

function placeContext(
  tree: DeviceTree,
  controllers: readonly Controller[],
  name: string,
  id: number,
): readonly Verdict[] {
  const host = controllers.find(({ bus }) => bus === 'host1x-context');
  const specifier = host && mapped(host.map, id);
  if (!specifier) {
    const says = `no iommu-map of a host1x has anything for context ${id}`;
    return [{ without: { about: [name], says, from: host?.from ?? { file: tree.file } } }];
  }
  return [{ candidate: { name, bus: 'host1x-context', facts: {}, specifiers: [specifier], from: host.from } }];
}

/** Why nothing can be said of the devices behind a controller whose map was left to firmware. */
export function placeholder({ map, name, from }: Controller, about: readonly string[]): Remark {
  const maps = map.entries.every(({ length }) => length === 0)
    ? 'maps nothing'
    : 'maps nothing but input 0, to stream 0';
  return {
    about,
    says: `the iommu-map of ${name} ${maps}: a placeholder that firmware fills in before Linux starts; /sys/firmware/fdt of the running board has the real one`,
    from,
  };
}
