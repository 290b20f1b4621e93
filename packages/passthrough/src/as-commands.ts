import { InputError, vfioDriverOf } from '@busward/core';
import type { FoundMachine } from '@busward/topology';
import { match } from 'ts-pattern';
import type { HandOver } from './hand-over.ts';
import type { Planned } from './plan.ts';

/** Other ways to say a plan. They do more than its writes, or at another time; what, is said. */
export type Idiom = 'driverctl' | 'libvirt' | 'cmdline';

export interface Commands {
  /** The driver that all of the changed devices are on then. */
  readonly driver: string;
  readonly there: readonly string[];
  readonly back: readonly string[];
  readonly says: readonly string[];
}

/** The plan in the words of a tool. Throws an InputError where the tool cannot do it, or the evidence is too thin for it. */
export function asCommands(plan: Planned, idiom: Idiom, machine: FoundMachine): Commands {
  const changed = plan.groups.flatMap(({ members }) => members.filter(({ there }) => there.length > 0));
  if (changed.length === 0) return { driver: 'vfio-pci', there: [], back: [], says: [] };
  return match(idiom)
    .with('driverctl', () => driverctl(changed))
    .with('libvirt', () => libvirt(changed))
    .with('cmdline', () => commandLine(changed, machine))
    .exhaustive();
}

function driverctl(changed: readonly HandOver[]): Commands {
  const bus = ({ member }: HandOver): string => (member.bus.name === 'pci' ? '' : ` -b ${member.bus.name}`);
  return {
    driver: forUserOf(changed[0]!),
    there: changed.map((one) => `driverctl${bus(one)} --nosave set-override ${one.member.name} ${forUserOf(one)}`),
    back: changed.toReversed().map((one) => `driverctl${bus(one)} --nosave unset-override ${one.member.name}`),
    says: ['without --nosave driverctl does all this again at every boot', ...finds(changed, 'unset-override')],
  };
}

function libvirt(changed: readonly HandOver[]): Commands {
  const other = changed.find(({ member }) => member.bus.name !== 'pci');
  if (other)
    throw new InputError(
      `--for libvirt: ${other.member.name} is on ${other.member.bus.name}, and nodedev-detach takes PCI devices only`,
    );
  const nodeOf = ({ member }: HandOver): string => `pci_${member.name.replaceAll(/[:.]/g, '_')}`;
  return {
    driver: 'vfio-pci',
    there: changed.map((one) => `virsh nodedev-detach ${nodeOf(one)}`),
    back: changed.toReversed().map((one) => `virsh nodedev-reattach ${nodeOf(one)}`),
    says: [
      '<hostdev managed="yes"> does this by itself for the device it names, and for no sibling',
      'nodedev-reattach waits while the guest has the device',
      ...finds(changed, 'nodedev-reattach'),
    ],
  };
}

function commandLine(changed: readonly HandOver[], machine: FoundMachine): Commands {
  const other = changed.find(({ member }) => member.bus.name !== 'pci');
  if (other)
    throw new InputError(`--for cmdline: ${other.member.name} is on ${other.member.bus.name}; only vfio-pci takes ids`);
  const nameless = changed.find(({ member }) => member.found.ids === undefined);
  if (nameless)
    throw new InputError(
      `--for cmdline: nothing tells vendor and device of ${nameless.member.name}; lspci -nn does ([8086:a323])`,
    );
  const ids = [...new Set(changed.map(({ member }) => member.found.ids!.is))];
  const names = changed.map(({ member }) => member.name);
  const too = machine.devices.filter((device) => ids.includes(device.ids?.is ?? '') && !names.includes(device.name));
  if (too.length > 0)
    throw new InputError(
      `--for cmdline: vfio-pci.ids=${ids.join(',')} would also take ${too.map(({ name }) => name).join(', ')}, which ${too.length === 1 ? 'has' : 'have'} the same id; use driver_override`,
    );
  const drivers = [
    ...new Set(changed.flatMap(({ member }) => (typeof member.driver === 'string' ? [member.driver] : []))),
  ];
  return {
    driver: 'vfio-pci',
    there: [
      `vfio-pci.ids=${ids.join(',')}`,
      ...drivers.map((driver) => `softdep ${driver.replaceAll('-', '_')} pre: vfio-pci`),
    ],
    back: ['take them out again, and boot'],
    says: [
      'the first line goes onto the kernel command line, the softdep lines into /etc/modprobe.d (and into the initramfs), so that vfio-pci is there first; a driver that is built in is there before it all the same',
      'it is so from the next boot on, and every later device with these ids goes to vfio-pci, too',
    ],
  };
}

const forUserOf = ({ member }: HandOver): string => vfioDriverOf(member.bus).name;

/** Tools have a driver looked for; which one is found may not be the one that was there. */
const finds = (changed: readonly HandOver[], command: string): readonly string[] => {
  const none = changed.filter(({ member }) => member.driver === null).map(({ member }) => member.name);
  return [
    `${command} has a driver looked for: where several know the device, it need not be the one from before`,
    ...(none.length > 0 ? [`${none.join(', ')} had no driver, and may come back with one`] : []),
  ];
};
