import type { Machine, Operation } from '@busward/core';

/* What can be done on a machine beside core's own menu: by files, past VFIO, with hot-plug, with resets and types. */

export const filesOf = ({ users: all, groups }: Machine): readonly Operation[] =>
  each(all, ({ name, through }) => [
    { do: 'die', user: name },
    ...(through === 'container'
      ? each(groups, (group) => [
          { do: 'open group', user: name, group },
          { do: 'close group', user: name, group },
          { do: 'set container', user: name, group },
          { do: 'detach', user: name, group },
        ])
      : []),
  ]);

export const directOf = ({ users: all, devices }: Machine): readonly Operation[] =>
  each(all, ({ name }) => [
    { do: 'die', user: name },
    ...each(devices, (one) => [
      { do: 'claim directly', user: name, device: one.name },
      { do: 'release directly', user: name, device: one.name },
    ]),
  ]);

export const bindsOf = ({ devices }: Machine): readonly Operation[] =>
  each(devices, ({ name, drivers }) =>
    each(drivers, (driver) => [
      { do: 'find driver', device: name, driver: driver.name },
      { do: 'override and bind', device: name, driver: driver.name },
    ]),
  );

export const typesOf = ({ groups }: Machine): readonly Operation[] =>
  each(groups, (group) =>
    (['DMA', 'DMA-FQ', 'identity', 'auto'] as const).map((type): Operation => ({ do: 'set type', group, type })),
  );

export const resetsOf = ({ devices }: Machine): readonly Operation[] =>
  each(devices, ({ name }) => [{ do: 'reset', device: name }]);

export const hotplugOf = ({ devices }: Machine): readonly Operation[] => [
  ...each(devices, ({ name }) => [
    { do: 'remove', device: name },
    { do: 'add', device: name },
  ]),
  { do: 'rescan' },
];

const each = <T>(of: readonly T[], menu: (one: T) => readonly Operation[]): readonly Operation[] => of.flatMap(menu);
