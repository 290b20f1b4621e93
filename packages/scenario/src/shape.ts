import { isVfioDriver, type Device, type Machine, type Operation } from '@busward/core';
import { match, P } from 'ts-pattern';
import type { Scenario } from './scenario.ts';

/**
 * A name made of what a scenario does, the same for every scenario of that shape whatever its devices are called:
 * `pci+pci Av C | Bk` is "a PCI device is bound to a VFIO driver and its group claimed, while another of that group is
 * bound to a kernel driver". Devices are lettered in order of use, groups hang together by '+'; before ':' is what is
 * done first.
 */
export function shapeOf({ machine, before, actors }: Pick<Scenario, 'machine' | 'before' | 'actors'>): string {
  const all = [...before, ...actors.flatMap(({ operations }) => operations)];
  const letters = lettersOf(machine, all);
  const tell = (operations: readonly Operation[]): string =>
    operations.map((operation) => abbreviate(operation, machine, letters)).join(' ');
  const doing = actors.map(({ operations }) => tell(operations)).join(' | ');
  return `${busesOf(machine, letters)} ${before.length > 0 ? `${tell(before)} : ` : ''}${doing}`.trim();
}

/** A letter for each device, in order of first use, then of mention. */
function lettersOf(machine: Machine, operations: readonly Operation[]): ReadonlyMap<string, string> {
  const used = operations.flatMap((operation) => ('device' in operation ? [operation.device] : []));
  const names = new Set([...used, ...machine.devices.map(({ name }) => name)]);
  return new Map([...names].map((name, at) => [name, String.fromCharCode(65 + at)]));
}

/** `pci+platform,pci`: the buses of each group's devices by letter; a device without a group stands in brackets. */
function busesOf({ devices }: Machine, letters: ReadonlyMap<string, string>): string {
  const inOrder = devices.toSorted((a, b) => (letters.get(a.name)! < letters.get(b.name)! ? -1 : 1));
  const homeOf = (device: Device): string => device.group ?? `alone: ${device.name}`;
  return [...new Set(inOrder.map(homeOf))]
    .map((home) => inOrder.filter((device) => homeOf(device) === home))
    .map((members) => members.map(({ bus, group }) => (group === undefined ? `(${bus})` : bus)).join('+'))
    .join(',');
}

function abbreviate(operation: Operation, machine: Machine, letters: ReadonlyMap<string, string>): string {
  const letter = (device: string): string => letters.get(device)!;
  const first = (group: string): string =>
    machine.devices
      .filter((device) => device.group === group)
      .map(({ name }) => letter(name))
      .toSorted()
      .join('');
  const kind = (device: string, name: string): string => {
    const driver = machine.devices.find((one) => one.name === device)!.drivers.find((one) => one.name === name)!;
    return isVfioDriver(driver) ? 'v' : driver.managesDma ? 's' : 'k';
  };
  const who = (user: string): string => {
    const at = machine.users.findIndex(({ name }) => name === user);
    return at === 0 ? '' : String(at);
  };
  return match(operation)
    .with(
      { do: P.union('bind', 'override and bind', 'load', 'take over') },
      ({ device, driver }) => letter(device) + kind(device, driver),
    )
    .with({ do: 'unbind' }, ({ device }) => `${letter(device)}-`)
    .with({ do: 'set override' }, ({ device, driver }) => `${letter(device)}=${kind(device, driver)}`)
    .with({ do: 'clear override' }, ({ device }) => `${letter(device)}=`)
    .with({ do: 'find driver' }, ({ device, driver }) => `${letter(device)}?${kind(device, driver)}`)
    .with({ do: 'remove' }, ({ device }) => `-${letter(device)}`)
    .with({ do: 'add' }, ({ device }) => `+${letter(device)}`)
    .with({ do: 'reset' }, ({ device }) => `reset(${letter(device)})`)
    .with({ do: 'rescan' }, () => '+')
    .with({ do: 'register' }, ({ group }) => `iommu(${first(group)})`)
    .with({ do: 'set type' }, ({ group, type }) => `type(${first(group)},${type})`)
    .with(
      { device: P.string, user: P.string },
      ({ do: verb, user, device }) => `${verb}${who(user)}(${letter(device)})`,
    )
    .with({ group: P.string, user: P.string }, ({ do: verb, user, group }) => `${verb}${who(user)}(${first(group)})`)
    .with({ do: 'die' }, ({ user }) => `die${who(user)}`)
    .exhaustive();
}
