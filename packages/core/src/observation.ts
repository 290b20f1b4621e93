import type { Cell, Cells } from './cell.ts';
import type { Kernel } from './kernel/kernel.ts';
import { isActive } from './principles/ghosts.ts';

/** Something that can be seen of a state: `B: active`, `B: on blocking`, `group 0: held by u0`. */
export interface Shown {
  readonly what: string;
  readonly touches: readonly Cell[];
  in(cells: Cells): string;
}

/**
 * What comparisons see of a state: for each device whether a kernel driver that does DMA is active on it and which domain
 * its hardware is on, for each group who holds it. Everything else is internal: kernels may differ in it and be the same.
 */
export function observationOf(kernel: Kernel): readonly Shown[] {
  const { layout, machine } = kernel;
  const ofDevices = machine.devices.flatMap((device): readonly Shown[] => {
    const { running, driver, hw } = layout.device(device.name);
    const activity = (cells: Cells): string => (isActive(kernel, cells, device) ? 'active' : 'not active');
    return [
      { what: device.name, touches: [running, driver], in: activity },
      { what: device.name, touches: [hw], in: (cells) => `on ${cells.get(hw)}` },
    ];
  });
  const ofGroups = machine.groups.map((group): Shown => {
    const held = machine.users.map(({ name }) => ({ name, claims: layout.session(name, group).held }));
    const holders = (cells: Cells): string =>
      held.flatMap(({ name, claims }) => (cells.get(claims) > 0 ? [name] : [])).join(' and ');
    return {
      what: group,
      touches: held.map(({ claims }) => claims),
      in: (cells) => `held by ${holders(cells) || 'nobody'}`,
    };
  });
  return [...ofDevices, ...ofGroups];
}
