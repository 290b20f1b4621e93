import type { Cells, DomainType, Operation, System } from '@busward/core';
import { kinOf, nowCalled } from './recorded-machine.ts';
import type { Trace } from './trace.ts';

/** What the recordings' agent makes of a step: operations one after the other, until one fails. */
export interface Agent {
  /**
   * 'skip': makes no sense for the agent, and does not reach the kernel. 'ok': nothing that the model has. An errno: there
   * is no such file, or no such device.
   */
  operationsOf(step: string, cells: Cells): readonly Operation[] | 'skip' | 'ok' | 'ENOENT' | 'ENODEV';
  /** Users who have the file of the group open. */
  usersOf(cells: Cells, group: string): readonly string[];
}

/** The agent remembers driver_override, and the groups that it has seen devices in; everything else it asks the kernel. */
export function agentOf({ kernel }: System, trace: Trace, link: (device: string) => string | undefined): Agent {
  const { layout, machine } = kernel;
  const overrides = new Map<string, string>();
  const grouped = new Set<string>();
  const isOpen = (cells: Cells, user: string, group: string): boolean =>
    ['open', 'stale'].includes(cells.get(layout.session(user, group).file));

  return {
    operationsOf(step, cells) {
      const [verb = '', first = '', second = '', third] = step.split(' ');
      const userFirst = ['gopen', 'gclose', 'cset', 'cunset', 'dopen', 'dclose', 'claim', 'release'].includes(verb);
      const [user, named] = userFirst ? [first, second] : ['', first];
      const here = verb === 'die' || verb === 'rescan' ? undefined : nowCalled(kernel, cells, named);
      const device = verb === 'die' || verb === 'rescan' ? '' : (here ?? named);
      for (const { name } of machine.devices) if (cells.get(layout.device(name).member)) grouped.add(name);
      const groupOf = (name: string): string | undefined =>
        grouped.has(name) ? machine.devices.find((one) => one.name === name)?.group : undefined;
      const group = groupOf(device);
      const open = group !== undefined && userFirst && isOpen(cells, user, group);
      const member = device !== '' && cells.get(layout.device(device).member);
      switch (verb) {
        case 'bind':
          overrides.delete(device);
          return [{ do: 'override and bind', device, driver: second }];
        case 'unbind':
          return link(device) === undefined ? 'skip' : [{ do: 'unbind', device }];
        case 'override':
          if (here === undefined || !kinOf(trace, named).overridable) return 'ENOENT';
          overrides.set(device, second);
          return 'ok';
        case 'probe': {
          const driver = overrides.get(device) ?? kinOf(trace, named).found;
          if (here === undefined) return 'ENODEV';
          return driver === undefined ? 'ok' : [{ do: 'find driver', device, driver }];
        }
        case 'gopen':
          return open || !member || group === undefined ? 'skip' : [{ do: 'open group', user, group }];
        case 'gclose':
          return open ? [{ do: 'close group', user, group }] : 'skip';
        case 'cset': {
          const shared = third !== undefined && groupOf(nowCalled(kernel, cells, third) ?? third);
          if (!open || (shared !== false && (shared === undefined || !isOpen(cells, user, shared)))) return 'skip';
          return [
            { do: 'set container', user, group },
            { do: 'attach', user, group },
          ];
        }
        case 'cunset':
          return open ? [{ do: 'release', user, group }] : 'skip';
        case 'dopen':
          return open && !cells.get(layout.file(user, device).open) ? [{ do: 'open', user, device }] : 'skip';
        case 'dclose':
          return cells.get(layout.file(user, device).open) ? [{ do: 'close', user, device }] : 'skip';
        case 'die':
          return [{ do: 'die', user: first }];
        case 'settype':
          return member && group !== undefined
            ? [{ do: 'set type', group, type: second as DomainType | 'auto' }]
            : 'ENOENT';
        case 'remove': {
          const { removable, below } = kinOf(trace, named);
          if (here === undefined || !removable) return 'ENOENT';
          const going = [...below.flatMap((name) => nowCalled(kernel, cells, name) ?? []), device];
          for (const name of going) overrides.delete(name);
          return going.map((name) => ({ do: 'remove', device: name }) as const);
        }
        case 'rescan':
          return [{ do: 'rescan' }, ...returning(cells)];
        case 'claim':
          return [{ do: 'claim directly', user, device }];
        case 'release':
          return [{ do: 'release directly', user, device }];
        default:
          throw new Error(`'${step}' was not checked`);
      }
    },
    usersOf: (cells, group) => machine.users.map(({ name }) => name).filter((user) => isOpen(cells, user, group)),
  };

  /** What a rescan finds is probed by the driver that the bus has for it (pci_bus_add_device()). */
  function returning(cells: Cells): readonly Operation[] {
    return machine.devices.flatMap(({ name, absent }): Operation[] => {
      const driver = absent || nowCalled(kernel, cells, name) !== undefined ? undefined : kinOf(trace, name).found;
      return driver === undefined ? [] : [{ do: 'find driver', device: name, driver }];
    });
  }
}
