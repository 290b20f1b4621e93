import {
  type Bus,
  type Device,
  type Driver,
  InputError,
  kernelDriver,
  machine,
  type Machine,
  vfioDriverOf,
} from '@busward/core';
import type { BootLog, LoggedDevice } from './boot-log.ts';

/** A machine made of a boot log, and what had to be left out or supposed. */
export interface MachineOfLog {
  readonly machine: Machine;
  readonly says: readonly string[];
}

/**
 * The machine that a boot log tells of. A device that joined its group while a driver was being bound joins at its
 * first bind. A log names one driver at most: the other one that each device gets is a kernel driver if the named one
 * manages DMA itself, else a VFIO driver. Devices that no plugin recognises are left out, and said.
 */
export function machineOfLog(log: BootLog, buses: readonly Bus[]): MachineOfLog {
  const known = log.devices.filter((device) => device.bus !== undefined);
  const unknown = log.devices.filter((device) => device.bus === undefined);
  if (known.length === 0)
    throw new InputError(
      `${log.file}: none of its ${log.devices.length} devices is on a bus with a plugin; there are ${buses.map((bus) => bus.name).join(', ')}`,
    );
  const guessed = known.filter(({ recognition }) => !recognition!.sure);
  const devices = known.map((device) =>
    deviceOfLog(
      device,
      buses.find((bus) => bus.name === device.bus)!,
    ),
  );
  const told = known.filter((device) => device.driver !== undefined).length;
  return {
    machine: machine(log.model ?? log.file, { devices }),
    says: [
      `drivers: ${told} of ${known.length} devices have one named in the log; each also gets ` +
        'one that the log does not tell, so that it has a kernel driver and one that manages DMA itself',
      ...(guessed.length > 0
        ? [
            `taken to be on ${[...new Set(guessed.map(({ bus }) => bus))].join(', ')}, since no bus is sure of the name: ${few(guessed.map(({ name }) => name))}`,
          ]
        : []),
      ...leftOut(unknown),
      ...(log.unread.length > 0
        ? [`not read, since they are cut or mixed up: lines ${log.unread.join(', ')} of ${log.file}`]
        : []),
    ],
  };
}

const few = (names: readonly string[]): string =>
  names.length <= 12 ? names.join(', ') : `${names.slice(0, 10).join(', ')} and ${names.length - 10} more`;

function leftOut(devices: readonly LoggedDevice[]): readonly string[] {
  const buses = [...new Set(devices.map(({ busInLog }) => busInLog ?? 'an unknown bus'))];
  return buses.map((bus) => {
    const names = devices.filter(({ busInLog }) => (busInLog ?? 'an unknown bus') === bus).map(({ name }) => name);
    return `left out, for want of a plugin for ${bus}: ${names.join(', ')}`;
  });
}

function deviceOfLog({ name, group, driver, recognition }: LoggedDevice, bus: Bus): Device {
  return {
    name,
    bus: bus.name,
    group,
    facts: recognition!.facts,
    joins: driver === undefined ? 'when added' : 'at first bind',
    direct: false,
    bridge: recognition!.bridge ?? false,
    drivers: driversOf(driver, bus),
  };
}

function driversOf(named: string | undefined, bus: Bus): readonly Driver[] {
  const forUser = vfioDriverOf(bus);
  if (named === undefined) return [kernelDriver('kernel-driver'), forUser];
  const managed = bus.managedDrivers.find((driver) => driver.name === named);
  return managed ? [managed, kernelDriver('kernel-driver')] : [kernelDriver(named), forUser];
}
