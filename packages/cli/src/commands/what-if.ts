import { InputError, type Bus } from '@busward/core';
import { judgedBy, whatIf, type Change, type JudgedBy } from '@busward/passthrough';
import { whatIfText } from '@busward/report';
import { noSuch } from '@busward/scenario/nearest';
import { nameInLinux, recognise, type FoundMachine } from '@busward/topology';
import { buildCommand } from '@stricli/core';
import { keepToOnce } from '../flags/keep-to-once.ts';
import { kernelFlag } from '../flags/kernel.ts';
import { namesFlag } from '../flags/names.ts';
import { asFlag, printAs, type As } from '../flags/as.ts';
import { choosePlugins } from '../plugins/choose.ts';
import { deviceNamed, foundMachine, sourcesBrief } from '../found-machine.ts';
import { pageOf } from '../terminal/page.ts';
import { installedPlugins } from '../plugins/plugins.ts';

interface Flags {
  readonly kernel?: string;
  readonly to?: string;
  readonly load?: readonly string[];
  readonly add?: readonly string[];
  readonly bus?: readonly string[];
  readonly strategy?: string;
  readonly as: As;
}

export const whatIfCommand = buildCommand<Flags, string[]>({
  docs: {
    brief: 'what another kernel, a module, a device, a bus or a strategy would change, and for whom',
    fullDescription:
      'Tells for each change alone, and for all of them, which groups a user can own then and could not before, or the ' +
      'other way round.',
  },
  parameters: {
    positional: { kind: 'array', parameter: { brief: sourcesBrief, parse: String, placeholder: 'machine' } },
    flags: {
      kernel: kernelFlag,
      to: { ...kernelFlag, brief: 'another Linux to change to (6.12)' },
      load: namesFlag(
        'a driver that comes to a device (i801_smbus=0000:80:1f.4); none=DEVICE: it has no driver',
        'driver=device',
      ),
      add: namesFlag('a device that appears in a group (0000:80:1f.5@19), with a driver (...@19=nvme)', 'device@group'),
      bus: namesFlag(
        'a bus as in another Linux (pci=pci@5.10), or a package of your own (pci=./my-pci)',
        'name=plugin',
      ),
      strategy: { kind: 'parsed', parse: String, optional: true, brief: 'another strategy', placeholder: 'strategy' },
      as: asFlag,
    },
  },
  async func(flags, ...paths) {
    const { buses } = await installedPlugins();
    const { machine, judged } = await foundMachine(paths, buses, flags.kernel);
    const changes = [
      ...(await kernelChanges(flags, buses, machine, judged)),
      ...(flags.load ?? []).map((text) => driverChange(text, machine)),
      ...(flags.add ?? []).map((text) => deviceChange(text, machine)),
    ];
    const of = (kind: 'device' | 'driver'): readonly string[] =>
      changes.flatMap((change) => (change.kind === kind ? [change.device] : []));
    keepToOnce(of('device'), (name) => `--add: '${name}' is added twice; add it once`);
    keepToOnce(of('driver'), (name) => `--load: a driver for '${name}' is given twice; give one`);
    if (changes.length === 0) throw new InputError('nothing to change: give --to, --load, --add, --bus or --strategy');
    const result = whatIf(machine, judged, changes);
    printAs(flags.as, result, () => whatIfText(result, pageOf(process.stdout)));
  },
});

/** What is otherwise about the kernel; each goes on from the one before, so that all of them add up. */
async function kernelChanges(
  flags: Flags,
  buses: readonly Bus[],
  machine: FoundMachine,
  judged: JudgedBy,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  let now = judged;
  const next = (says: string, by: Partial<JudgedBy>): void => {
    now = { ...now, ...by };
    changes.push({ kind: 'kernel', says, judged: now });
  };
  if (flags.to !== undefined) {
    const to = judgedBy(flags.to, buses);
    next(`Linux ${to.version}`, to);
  }
  keepToOnce(
    (flags.bus ?? []).map((text) => text.split('=')[0]!),
    (name) => `--bus: '${name}' is given twice; give it once`,
  );
  for (const text of flags.bus ?? []) {
    const [, name, plugin] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || plugin === undefined)
      throw new InputError(`--bus ${text}: expected NAME=PLUGIN, as pci=pci@5.10 or pci=./my-pci`);
    if (!buses.some((bus) => bus.name === name))
      throw new InputError(
        `--bus: ${noSuch(
          'bus',
          name,
          buses.map((bus) => bus.name),
        )}`,
      );
    const there = busesIn(machine, buses);
    // What is added may be on it.
    if (!there.includes(name) && flags.add === undefined)
      throw new InputError(
        `--bus ${text}: ${machine.name} has no device on ${name}, so that nothing would change; its devices are on ${there.join(', ')}`,
      );
    const [given] = (await choosePlugins({ bus: [plugin] })).buses;
    next(`${name} as ${plugin}`, { buses: now.buses.map((bus) => (bus.name === name ? { ...given!, name } : bus)) });
  }
  if (flags.strategy !== undefined) {
    const [strategy] = (await choosePlugins({ strategy: [flags.strategy] })).strategies;
    next(`strategy ${strategy!.name}`, { strategy: strategy! });
  }
  return changes;
}

const busesIn = ({ devices }: FoundMachine, buses: readonly Bus[]): readonly string[] =>
  [...new Set(devices.flatMap((device) => recognise(device, buses)?.bus.name ?? []))].toSorted();

function driverChange(text: string, machine: FoundMachine): Change {
  const [, driver, device] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (driver === undefined || device === undefined)
    throw new InputError(
      `--load ${text}: expected DRIVER=DEVICE, as i801_smbus=0000:80:1f.4; none=DEVICE for no driver`,
    );
  keepToDriver(`--load ${text}`, driver);
  return { kind: 'driver', device: deviceNamed(device, machine), driver: driver === 'none' ? null : driver };
}

function deviceChange(text: string, machine: FoundMachine): Change {
  const [, named, group, driver] = /^([^@]+)@([^=]+)(?:=(.+))?$/.exec(text) ?? [];
  if (named === undefined || group === undefined)
    throw new InputError(`--add ${text}: expected DEVICE@GROUP, as 0000:80:1f.5@19, or DEVICE@GROUP=DRIVER`);
  if (!/^\d+$/.test(group))
    throw new InputError(`--add ${text}: '${group}' is no number of a group; expected one, as 19`);
  if (driver !== undefined) keepToDriver(`--add ${text}`, driver);
  const device = wholeName(`--add ${text}`, named);
  if (machine.devices.some(({ name }) => name === device))
    throw new InputError(`--add ${text}: ${machine.name} has a device '${device}' already`);
  return { kind: 'device', device, group, ...(driver !== undefined && { driver }) };
}

function keepToDriver(flag: string, driver: string): void {
  if (!/^[\w.+-]+$/.test(driver))
    throw new InputError(`${flag}: '${driver}' is no name of a driver; expected one, as vfio-pci`);
}

/** As Linux names it. Throws an InputError for what cannot be a device of a machine. */
function wholeName(flag: string, given: string): string {
  const name = nameInLinux(given);
  const isPci = /^(?:[0-9a-f]{1,8}:)?[0-9a-f]{1,2}:[0-9a-f]{1,2}\.\w+$/i.test(name);
  if (isPci && !/^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/.test(name))
    throw new InputError(
      `${flag}: '${given}' is no PCI function; expected one, as 0000:80:1f.5 (slot 00 to 1f, function 0 to 7)`,
    );
  if (!/^[\w:.@,+-]+$/.test(name))
    throw new InputError(`${flag}: '${given}' is no name of a device; expected one as in sysfs, like 0000:80:1f.5`);
  return name;
}
