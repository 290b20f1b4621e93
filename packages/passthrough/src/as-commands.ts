import { InputError, isVfioDriver, vfioDriverOf } from '@busward/core';
import { sameDriver, type FoundMachine } from '@busward/topology';
import { match } from 'ts-pattern';
import type { HandOver } from './hand-over.ts';
import type { Planned } from './plan.ts';
import { quoted } from './quoted.ts';

/** Other ways to say a plan. They do more than its writes, or at another time; what, is said. */
export type Idiom = 'driverctl' | 'libvirt' | 'cmdline';

export interface Commands {
  readonly check: Planned['check'];
  readonly there: readonly string[];
  readonly back: readonly string[];
  readonly says: readonly string[];
}

/** The plan in the words of a tool. Throws an InputError where the tool cannot do it, or the evidence is too thin for it. */
export function asCommands(plan: Planned, idiom: Idiom, machine: FoundMachine): Commands {
  const members = plan.groups.flatMap((group) => group.members);
  const changed = members.filter(({ there }) => there.length > 0);
  const unbinding = (inWordsOf: (changed: readonly HandOver[]) => Omit<Commands, 'check'>): Commands => {
    if (changed.length === 0) return { check: [], there: [], back: [], says: [] };
    const { there, back, says } = inWordsOf(changed);
    return { check: plan.check, there, back, says: [...says, ...plan.backSays] };
  };
  return match(idiom)
    .with('driverctl', () => unbinding(driverctl))
    .with('libvirt', () => unbinding(libvirt))
    .with('cmdline', () => commandLine(members, machine))
    .exhaustive();
}

/** `none`: unbound, and no driver looked for (set_override() of driverctl 0.111). */
function driverctl(changed: readonly HandOver[]): Omit<Commands, 'check'> {
  const bus = ({ member }: HandOver): string => (member.bus.name === 'pci' ? '' : ` -b ${quoted(member.bus.name)}`);
  const driver = (one: HandOver): string => (one.role === 'kept free' ? 'none' : forUserOf(one));
  return {
    there: changed.map(
      (one) => `driverctl${bus(one)} --nosave set-override ${quoted(one.member.name)} ${quoted(driver(one))}`,
    ),
    back: changed.toReversed().map((one) => `driverctl${bus(one)} --nosave unset-override ${quoted(one.member.name)}`),
    says: ['without --nosave driverctl does all this again at every boot', ...finds(changed, 'unset-override')],
  };
}

function libvirt(changed: readonly HandOver[]): Omit<Commands, 'check'> {
  const other = changed.find(({ member }) => member.bus.name !== 'pci');
  if (other)
    throw new InputError(
      `--for libvirt: ${other.member.name} is on ${other.member.bus.name}, and nodedev-detach takes PCI devices only`,
    );
  keepToDevices('libvirt', 'nodedev-detach binds vfio-pci', changed);
  const nodeOf = ({ member }: HandOver): string => quoted(`pci_${member.name.replaceAll(/[:.]/g, '_')}`);
  return {
    there: changed.map((one) => `virsh nodedev-detach ${nodeOf(one)}`),
    back: changed.toReversed().map((one) => `virsh nodedev-reattach ${nodeOf(one)}`),
    says: [
      '<hostdev managed="yes"> does this by itself for the device it names, and for no sibling',
      ...finds(changed, 'nodedev-reattach'),
    ],
  };
}

/** All that a user needs: what was set aside by hand has its own driver again after the next boot. */
function commandLine(members: readonly HandOver[], machine: FoundMachine): Commands {
  keepToDevices('cmdline', 'an id is for vfio-pci', members);
  const wanted = members.filter((one) => one.there.length > 0 || isSetAside(one));
  const other = wanted.find(({ member }) => member.bus.name !== 'pci');
  if (other)
    throw new InputError(`--for cmdline: ${other.member.name} is on ${other.member.bus.name}; only vfio-pci takes ids`);
  const nameless = wanted.find(({ member }) => member.found.ids === undefined);
  if (nameless)
    throw new InputError(
      `--for cmdline: nothing tells vendor and device of ${nameless.member.name}; lspci -nn does, as in [8086:a323]`,
    );
  const ids = [...new Set(wanted.map(({ member }) => member.found.ids!.is))];
  const names = wanted.map(({ member }) => member.name);
  const too = machine.devices.filter((device) => ids.includes(device.ids?.is ?? '') && !names.includes(device.name));
  if (too.length > 0)
    throw new InputError(
      `--for cmdline: vfio-pci.ids=${ids.join(',')} would also take ${too.map(({ name }) => name).join(', ')}, which ${too.length === 1 ? 'has' : 'have'} the same id; use driver_override`,
    );
  const modules = new Set(wanted.flatMap(modulesAtBoot));
  const untold = wanted.filter((one) => one.member.driver !== null && modulesAtBoot(one).length === 0);
  return {
    check: names.map((device) => ({ device, bus: 'pci', driver: 'vfio-pci' })),
    there: [`vfio-pci.ids=${ids.join(',')}`, ...[...modules].map((module) => `softdep ${module} pre: vfio-pci`)],
    back: ['# take these lines out again, and boot'],
    says: [
      'the first line goes onto the kernel command line, the softdep lines into /etc/modprobe.d (and into the initramfs), so that vfio-pci is there first; a driver that is built in is there before it all the same',
      ...(untold.length > 0
        ? [
            `nothing tells which module takes ${untold.map(({ member }) => member.name).join(', ')} at boot: it needs a softdep line, too`,
          ]
        : []),
      'it is so from the next boot on, and every later device with these ids goes to vfio-pci, too',
    ],
  };
}

/** Throws an InputError where a bridge has to be kept free of its driver, which no tool that gives devices to VFIO does. */
function keepToDevices(idiom: Idiom, because: string, members: readonly HandOver[]): void {
  const kept = members.find(({ role }) => role === 'kept free');
  if (kept)
    throw new InputError(
      `--for ${idiom}: ${kept.member.name} is a bridge that has to be free of ${String(kept.member.driver)}; ${because}, which takes no bridge; use --for sysfs or driverctl`,
    );
}

/** It is on a driver that was given it by hand, for a user or (pci-stub) for nobody. */
const isSetAside = ({ member: { bridge, bus, driver } }: HandOver): boolean =>
  !bridge &&
  typeof driver === 'string' &&
  bus.managedDrivers.some((one) => sameDriver(one.name, driver) && (isVfioDriver(one) || one.name === 'pci-stub'));

/**
 * Who would take it at boot, as modprobe.d calls it: whoever has it now, or, of one that is set aside, whom lspci names. The
 * driver "Digigram VX222" is no module's name.
 */
const modulesAtBoot = (one: HandOver): readonly string[] => {
  const { driver, found } = one.member;
  const all = typeof driver !== 'string' || isSetAside(one) ? (found.modules?.is ?? []) : [driver];
  return all.filter((name) => /^[\w-]+$/.test(name)).map((name) => name.replaceAll('-', '_'));
};

const forUserOf = ({ member }: HandOver): string => vfioDriverOf(member.bus).name;

/** Tools have a driver looked for; which one is found may not be the one that was there. */
const finds = (changed: readonly HandOver[], command: string): readonly string[] => {
  const none = changed.filter(({ member }) => member.driver === null).map(({ member }) => member.name);
  return [
    `${command} has a driver looked for: where several know the device, it need not be the one from before`,
    ...(none.length > 0 ? [`${none.join(', ')} had no driver, and may come back with one`] : []),
  ];
};
