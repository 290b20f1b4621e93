import type { Cells, DomainType, Operation, System } from '@busward/core';
import { nowCalled } from './recorded-machine.ts';

/** What the recordings' agent makes of a step: operations one after the other, until one fails. */
export interface Agent {
  /** 'skip': makes no sense for the agent, and does not reach the kernel. 'ok': nothing that the model has. */
  operationsOf(step: string, cells: Cells): readonly Operation[] | 'skip' | 'ok' | 'ENOENT';
  /** Users who have the file of the group open. */
  usersOf(cells: Cells, group: string): readonly string[];
}

/** The agent remembers driver_override; everything else it asks the kernel. */
export function agentOf({ kernel }: System, link: (device: string) => string | undefined): Agent {
  const { layout, machine } = kernel;
  const overrides = new Map<string, string>();
  const isOpen = (cells: Cells, user: string, group: string): boolean =>
    ['open', 'stale'].includes(cells.get(layout.session(user, group).file));

  return {
    operationsOf(step, cells) {
      const [verb = '', first = '', second = '', third] = step.split(' ');
      const userFirst = ['gopen', 'gclose', 'cset', 'cunset', 'dopen', 'dclose', 'claim', 'release'].includes(verb);
      const [user, named] = userFirst ? [first, second] : ['', first];
      const device = verb === 'die' || verb === 'rescan' ? '' : (nowCalled(kernel, cells, named) ?? named);
      const group = machine.devices.find((one) => one.name === device)?.group;
      const open = group !== undefined && userFirst && isOpen(cells, user, group);
      const member = device !== '' && cells.get(layout.device(device).member);
      switch (verb) {
        case 'bind':
          overrides.delete(device);
          return [{ do: 'override and bind', device, driver: second }];
        case 'unbind':
          return link(device) === undefined ? 'skip' : [{ do: 'unbind', device }];
        case 'override':
          overrides.set(device, second);
          return 'ok';
        case 'probe': {
          const driver = overrides.get(device);
          return driver === undefined ? 'ok' : [{ do: 'probe', device, driver }];
        }
        case 'gopen':
          return open || !member || group === undefined ? 'skip' : [{ do: 'open group', user, group }];
        case 'gclose':
          return open ? [{ do: 'close group', user, group }] : 'skip';
        case 'cset': {
          const shared = third !== undefined && machine.devices.find((one) => one.name === third)?.group;
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
        case 'remove':
          return [{ do: 'remove', device }];
        case 'rescan':
          return [{ do: 'rescan' }];
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
}
