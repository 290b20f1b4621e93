import { groupStatus, hasGroupFile, userOf, type Cells, type System } from '@busward/core';
import { nowCalled } from './recorded-machine.ts';
import type { Trace, TraceState } from './trace.ts';

/** What the recordings' agent would see of the model. */
export function observe(
  { kernel }: System,
  cells: Cells,
  trace: Trace,
  link: (device: string) => string | undefined,
  usersOf: (cells: Cells, group: string) => readonly string[],
): TraceState {
  const { layout, machine } = kernel;
  const names = Object.keys(trace.devices);
  const groups = machine.groups.filter(
    (group) =>
      names.includes(group.slice(1)) &&
      machine.devices.some((device) => device.group === group && cells.get(layout.device(device.name).member)),
  );
  return {
    drivers: Object.fromEntries(
      names.map((name) => {
        const here = nowCalled(kernel, cells, name);
        return [name, here === undefined ? '(absent)' : (link(here) ?? null)];
      }),
    ),
    groups: Object.fromEntries(
      groups.map((group) => [
        group,
        {
          type: cells.get(layout.group(group).type),
          node: hasGroupFile(kernel, cells, group),
          ...Object.fromEntries(
            usersOf(cells, group).map((user) => {
              const status = groupStatus(kernel, cells, userOf(machine, user), group);
              const viable = status === 'ENODEV' ? status : status.viable ? 'viable' : 'not-viable';
              return [user, status !== 'ENODEV' && status.container ? `${viable}+container` : viable];
            }),
          ),
        },
      ]),
    ),
  };
}
