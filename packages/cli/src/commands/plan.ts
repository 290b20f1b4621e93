import { existsSync } from 'node:fs';
import { InputError } from '@busward/core';
import { asCommands, plan, type Idiom } from '@busward/passthrough';
import { planText } from '@busward/report';
import { buildCommand } from '@stricli/core';
import { kernelFlag } from '../flags/kernel.ts';
import { asFlag, printAs, type As } from '../flags/as.ts';
import { endWith } from '../terminal/exit-code.ts';
import { deviceNamed, foundMachine, sourcesAndDevices, sourcesBrief } from '../found-machine.ts';
import { pageOf } from '../terminal/page.ts';
import { installedPlugins } from '../plugins/plugins.ts';

interface Flags {
  readonly kernel?: string;
  readonly for: Idiom | 'sysfs';
  readonly as: As;
}

export const planCommand = buildCommand<Flags, string[]>({
  docs: {
    brief: 'what to write to hand devices to a user, and the exact way back',
    fullDescription:
      'Prints the shortest list of writes that makes the devices assignable, and the one that restores what was before. ' +
      'Both are carried out in the model first, against automatic probing, too. Nothing is written: it only prints. ' +
      'Exit code 1: it cannot be, and the reason is printed.',
  },
  parameters: {
    positional: {
      kind: 'array',
      parameter: { brief: `${sourcesBrief}; then devices of it`, parse: String, placeholder: 'machine device' },
    },
    flags: {
      kernel: kernelFlag,
      for: {
        kind: 'enum',
        values: ['sysfs', 'driverctl', 'libvirt', 'cmdline'],
        default: 'sysfs',
        brief: 'the tool that does it, in whose words it is printed',
      },
      as: asFlag,
    },
  },
  async func(flags, ...args) {
    const { sources, devices } = sourcesAndDevices(args);
    const [first, ...others] = sources;
    if (first !== undefined && others.length > 0 && !existsSync(first))
      throw new InputError(`${first}: no such file; the machine comes first, as in busward plan ${others[0]} ${first}`);
    const { buses } = await installedPlugins();
    const { machine, judged } = await foundMachine(sources, buses, flags.kernel);
    if (devices.length === 0)
      throw new InputError(`${sources.join(', ')}: no device named; give the devices to hand over, as 0000:01:00.0`);
    const made = plan(machine, [...new Set(devices.map((name) => deviceNamed(name, machine)))], judged);
    const commands =
      made.kind === 'planned' && flags.for !== 'sysfs' ? asCommands(made, flags.for, machine) : undefined;
    printAs(flags.as, { ...made, ...(commands && { commands }) }, () =>
      planText(made, pageOf(process.stdout), commands),
    );
    if (made.kind === 'refused') endWith(1);
  },
});
