import { describeOperation, deviceOf, driverOf, isVfioDriver, type Machine, type Operation } from '@busward/core';
import { match, P } from 'ts-pattern';

/** Operations as the recordings' agent takes them, and what of the machine stands for what of the scenario's. */
export interface AgentSteps {
  readonly steps: readonly string[];
  /** `A is C, nvme is uio_pci_generic`. */
  readonly says: readonly string[];
}

/** The groups of PCI devices of the recorded machines, bridges left out. */
const recorded: readonly (readonly string[])[] = [['C', 'D'], ['E', 'F'], ['A'], ['B'], ['N']];

/**
 * What a search has found, in the recordings' words, for their machines: their devices in groups of the same size, their
 * drivers of the same kind. Throws an Error for what their agent cannot do, or their machines do not have.
 */
export function agentSteps(machine: Machine, operations: readonly Operation[]): AgentSteps {
  const standsFor = standIns(machine);
  const driverFor = (device: string, name: string): string => {
    const driver = driverOf(machine, device, name);
    if (isVfioDriver(driver)) return 'vfio-pci';
    if (driver.managesDma) return 'pci-stub';
    if (driver.ownDomain) throw new Error(`no recorded driver attaches a domain of its own, as '${name}' does`);
    return driver.failsAt ? 'e1000' : 'uio_pci_generic';
  };
  const device = (name: string): string => standsFor.get(name)!;
  const first = (group: string): string => device(machine.devices.find((one) => one.group === group)!.name);
  const drivers = new Map<string, string>();
  const steps = operations.flatMap((operation): readonly string[] => {
    if ('driver' in operation) drivers.set(operation.driver, driverFor(operation.device, operation.driver));
    return match(operation)
      .with({ do: P.union('bind', 'override and bind') }, (bind) => [
        `bind ${device(bind.device)} ${drivers.get(bind.driver)}`,
      ])
      .with({ do: 'find driver' }, (find) => [
        `override ${device(find.device)} ${drivers.get(find.driver)}`,
        `probe ${device(find.device)}`,
      ])
      .with({ do: P.union('unbind', 'remove') }, (gone) => [`${gone.do} ${device(gone.device)}`])
      .with({ do: P.union('add', 'rescan') }, () => ['rescan'])
      .with({ do: P.union('open', 'close') }, ({ do: verb, user, device: on }) => [`d${verb} ${user} ${device(on)}`])
      .with({ do: 'claim', group: P.string }, ({ user, group }) => [
        `gopen ${user} ${first(group)}`,
        `cset ${user} ${first(group)}`,
      ])
      .with({ do: 'attach', group: P.string }, () => [])
      .with({ do: 'release', group: P.string }, ({ user, group }) => [`cunset ${user} ${first(group)}`])
      .with({ do: 'open group' }, ({ user, group }) => [`gopen ${user} ${first(group)}`])
      .with({ do: 'close group' }, ({ user, group }) => [`gclose ${user} ${first(group)}`])
      .with({ do: 'set container' }, ({ user, group }) => [`cset ${user} ${first(group)}`])
      .with({ do: 'set type' }, ({ group, type }) => [`settype ${first(group)} ${type}`])
      .with({ do: 'die' }, ({ user }) => [`die ${user}`])
      .otherwise((other) => {
        throw new Error(`the recordings' agent cannot '${describeOperation(other)}'`);
      });
  });
  const claims = operations.some(({ do: verb }) => verb === 'claim');
  const used = operations.flatMap((one) => ('device' in one ? [one.device] : []));
  return {
    steps,
    says: [
      ...[...standsFor].filter(([name]) => used.includes(name)).map(([name, other]) => `${name} is ${other}`),
      ...(claims ? ['cset is SET_CONTAINER and SET_IOMMU at once'] : []),
      ...[...drivers].filter(([name, other]) => name !== other).map(([name, other]) => `${name} is ${other}`),
    ],
  };
}

function standIns(machine: Machine): ReadonlyMap<string, string> {
  const alone = machine.devices.find(({ group }) => group === undefined);
  if (alone) throw new Error(`'${alone.name}' has no group; every recorded PCI device has one`);
  const free = [...recorded];
  const found = new Map<string, string>();
  for (const group of machine.groups) {
    const members = machine.devices.filter((device) => device.group === group).map(({ name }) => name);
    const other = members.find((name) => deviceOf(machine, name).bus !== 'pci');
    if (other !== undefined)
      throw new Error(`'${other}' is on ${deviceOf(machine, other).bus}; users own PCI devices only in the recordings`);
    const at = free.findIndex((names) => names.length === members.length);
    if (at < 0) throw new Error(`the recorded machines have no further group of ${members.length} PCI devices`);
    free.splice(at, 1)[0]!.forEach((name, index) => found.set(members[index]!, name));
  }
  return found;
}
