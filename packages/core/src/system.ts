import { match, P } from 'ts-pattern';
import type { Cell, Cells } from './cell.ts';
import type { Bus } from './contract/bus.ts';
import type { Strategy } from './contract/strategy.ts';
import type { Errno } from './errno.ts';
import { withLooksNoted } from './minded.ts';
import type { Kernel } from './kernel/kernel.ts';
import { layOut, type Layout } from './kernel/layout.ts';
import { isVfioDriver, type Machine } from './machine.ts';
import { programOf, type Operation, type Owning } from './operation.ts';
import type { Program } from './step.ts';

/**
 * Who does what. Open world: anybody may start any operation of the menu at any time, `inFlight` at once. Actors: each
 * does its list in order, and passes over what it cannot attempt.
 */
export type Clients =
  | { readonly kind: 'open'; readonly inFlight: number; readonly menu: readonly Operation[] }
  | { readonly kind: 'actors'; readonly actors: readonly (readonly Operation[])[] };

/** A kernel and what is done to it: all that exploration needs to know. */
export interface System {
  /** As it was given; the kernel's is as the strategy's surroundings make it. */
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly clients: Clients;
  readonly cells: readonly Cell[];
  program(operation: Operation): Program<Errno>;
  /** Whether somebody can attempt the operation now: a user cannot close a file that he has not open. */
  possible(operation: Operation): Guard;
}

export interface Guard {
  readonly touches: readonly Cell[];
  holds(cells: Cells): boolean;
}

/** Puts a machine, a strategy and one plugin per bus together. Throws when a bus of the machine has no plugin. */
export function assemble(of: Machine, strategy: Strategy, buses: readonly Bus[], clients: Clients): System {
  if (!(['open', 'actors'] as const).includes(clients?.kind))
    throw new Error(
      `machine '${of.name}': nobody does anything on it; say who, as { kind: 'open', inFlight: 2, menu: menuOf(machine) }`,
    );
  const machine = asUnder(strategy, of);
  const layout = layOut(machine);
  const byName = new Map(buses.map((bus) => [bus.name, bus]));
  for (const device of machine.devices)
    if (!byName.has(device.bus))
      throw new Error(
        `machine '${machine.name}', device '${device.name}': no plugin for bus '${device.bus}'; there are ${[...byName.keys()].join(', ')}`,
      );
  const kernel: Kernel = { machine, layout, strategy, bus: (device) => byName.get(device.bus)! };
  return {
    machine: of,
    kernel,
    clients,
    cells: layout.cells,
    program: (operation) => programOf(kernel, operation),
    possible: (operation) => guardOf(kernel, operation),
  };
}

/** The machine as a kernel has it: from 6.15 on no device waits for its first bind to join its group. The same for the same machine. */
function asUnder({ surroundings: { iommu } }: Strategy, of: Machine): Machine {
  const known = iommu.walkCallsHooks ? joiningWhenAdded : joiningAsSaid;
  const machine = known.get(of) ?? {
    ...of,
    devices: of.devices.map((device) =>
      withLooksNoted(
        iommu.walkCallsHooks && device.joins !== 'when added' ? { ...device, joins: 'when added' } : device,
      ),
    ),
  };
  known.set(of, machine);
  return machine;
}

const joiningWhenAdded = new WeakMap<Machine, Machine>();
const joiningAsSaid = new WeakMap<Machine, Machine>();

/** Everything that can be attempted on the machine, hot-plug and IOMMU registration only where asked for. */
export function menuOf(machine: Machine, also: { readonly hotplug?: boolean } = {}): readonly Operation[] {
  const devices = machine.devices.flatMap((device): Operation[] => [
    ...device.drivers.map(({ name }) => ({ do: 'bind', device: device.name, driver: name }) as const),
    { do: 'unbind', device: device.name },
    ...(also.hotplug
      ? ([
          { do: 'remove', device: device.name },
          { do: 'add', device: device.name },
        ] as const)
      : []),
  ]);
  const users = machine.users.flatMap(({ name: user, through }): Operation[] => {
    const forUser = machine.devices.filter((device) => device.group !== undefined && device.drivers.some(isVfioDriver));
    const groups = [...new Set(forUser.map((device) => device.group!))];
    return through === 'container'
      ? [
          ...groups.flatMap((group) =>
            (['claim', 'attach', 'release'] as const).map((verb) => ({ do: verb, user, group })),
          ),
          ...forUser.flatMap(({ name: device }) =>
            (['open', 'close'] as const).map((verb) => ({ do: verb, user, device })),
          ),
        ]
      : forUser.flatMap(({ name: device }) =>
          (['claim', 'attach', 'detach', 'release'] as const).map((verb) => ({ do: verb, user, device })),
        );
  });
  const iommus = machine.iommu === 'later' ? machine.groups.map((group): Operation => ({ do: 'register', group })) : [];
  return [...devices, ...users, ...iommus];
}

function guardOf({ layout }: Kernel, operation: Operation): Guard {
  const when = <T>(cell: Cell<T>, value: T): Guard => ({
    touches: [cell],
    holds: (cells) => cells.get(cell) === value,
  });
  return match(operation)
    .with({ do: 'bind' }, () => ({ touches: [], holds: () => true }))
    .with({ do: 'unbind' }, ({ device }) => {
      const { driver } = layout.device(device);
      return { touches: [driver], holds: (cells: Cells) => cells.get(driver) !== undefined };
    })
    .with({ do: 'add' }, ({ device }) => when(layout.device(device).presence, 'gone'))
    .with({ do: P.union('remove', 'reset') }, ({ device }) => when(layout.device(device).presence, 'there'))
    .with({ do: 'open' }, ({ user, device }) => when(layout.file(user, device).open, false))
    .with({ do: 'close' }, ({ user, device }) => when(layout.file(user, device).open, true))
    .with({ do: 'register' }, ({ group }) => when(layout.group(group).registered, false))
    .with({ do: P.union('open group', 'close group', 'set container') }, ({ do: verb, user, group }) => {
      const { file } = layout.session(user, group);
      const isOpen = (cells: Cells): boolean => ['open', 'stale'].includes(cells.get(file));
      return { touches: [file], holds: (cells: Cells) => isOpen(cells) !== (verb === 'open group') };
    })
    .with(
      { do: P.union('claim directly', 'release directly', 'die', 'set type', 'override and bind', 'rescan') },
      { do: P.union('set override', 'clear override', 'find driver', 'load', 'take over') },
      () => ({
        touches: [],
        holds: () => true,
      }),
    )
    .with({ device: P.string }, ({ user, device, ...rest }) =>
      when(layout.file(user, device).open, rest.do !== 'claim'),
    )
    .with({ group: P.string }, (owning) => guardOfContainer(layout, owning))
    .exhaustive();
}

function guardOfContainer(layout: Layout, owning: Extract<Operation, { do: Owning; group: string }>): Guard {
  const { container } = layout.group(owning.group);
  const { attached } = layout.session(owning.user, owning.group);
  const mine = (cells: Cells): boolean => cells.get(container) === owning.user;
  const holds = match(owning.do)
    .with('claim', () => (cells: Cells) => !mine(cells))
    .with('attach', () => (cells: Cells) => mine(cells) && !cells.get(attached))
    .with('detach', () => (cells: Cells) => cells.get(attached))
    .with('release', () => mine)
    .exhaustive();
  return { touches: [container, attached], holds };
}
