import {
  ghostsOf,
  guarded,
  PluginError,
  principles as ours,
  type Cells,
  type GroupGhosts,
  type Happening,
  type Kernel,
  type Moment,
  type Principle,
} from '@busward/core';
import { mindOtherGroups } from '../likeness/minded.ts';

/**
 * The state in which the principle judges an event. Groups that share no variable are explored apart: whoever asks for one that is
 * not there gets a {@link PluginError}, and it is minded, so that they are explored together. So is whether nothing else is in
 * flight, which something in another group may be; core's judge less then.
 */
export function momentOf(
  { machine, strategy, ...kernel }: Kernel,
  cells: Cells,
  principle: Principle,
  event: Happening,
  alone: boolean,
): Moment {
  const { id } = principle;
  const home = 'group' in event ? event.group : groupNamed(event.device);
  const moment = {
    devices: machine.devices.filter(({ name, group }) =>
      home === undefined ? 'device' in event && name === event.device : group === home,
    ),
    of,
    groupOf(device: string) {
      const group = groupNamed(device);
      return group === undefined ? undefined : of(group);
    },
    get alone() {
      if (alone && !ours.includes(principle)) mindOtherGroups(strategy);
      return alone;
    },
  };
  return guarded(moment, `principle '${id}', ${event.kind}: the moment`);

  function of(name: string): GroupGhosts {
    if (!machine.groups.includes(name)) throw missing('group', name, machine.groups);
    return ghostsOf({ machine, strategy, ...kernel }, cells, name);
  }

  function groupNamed(name: string): string | undefined {
    const device = machine.devices.find((one) => one.name === name);
    if (!device)
      throw missing(
        'device',
        name,
        machine.devices.map((one) => one.name),
      );
    return device.group;
  }

  function missing(what: string, name: string, all: readonly string[]): PluginError {
    mindOtherGroups(strategy);
    return new PluginError(
      `principle '${id}', ${event.kind}: there is no ${what} '${name}'; there are ${all.join(', ')}`,
    );
  }
}
