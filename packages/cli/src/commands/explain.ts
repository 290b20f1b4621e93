import { existsSync } from 'node:fs';
import { InputError, profiles } from '@busward/core';
import { explain, judgedBy, versionOf } from '@busward/passthrough';
import { explanationsText } from '@busward/report';
import { readMachine } from '@busward/topology';
import { buildCommand } from '@stricli/core';
import { kernelFlag } from '../flags/kernel.ts';
import { namesFlag } from '../flags/names.ts';
import { asFlag, printAs, type As } from '../flags/as.ts';
import { sourcesBrief } from '../found-machine.ts';
import { pageOf } from '../terminal/page.ts';
import { installedPlugins } from '../plugins/plugins.ts';
import { readText } from '../files/read-text.ts';
import { standardInput } from '../files/standard-input.ts';

interface Flags {
  readonly kernel?: string;
  readonly machine?: readonly string[];
  readonly as: As;
}

export const explainCommand = buildCommand<Flags, string[]>({
  docs: {
    brief: 'what a message means, which cause fits the machine, and what to do',
    fullDescription:
      'Give the message as it was printed, or - to read it from standard input: what QEMU, libvirt, DPDK, a shell or the ' +
      'kernel said, or an error number alone (EBUSY). With --machine each cause is held against the machine.',
  },
  parameters: {
    positional: {
      kind: 'array',
      parameter: { brief: 'the message, or - for standard input', parse: String, placeholder: 'text' },
    },
    flags: {
      kernel: kernelFlag,
      machine: namesFlag(sourcesBrief, 'file'),
      as: asFlag,
    },
  },
  async func(flags, ...words) {
    const text =
      words.length === 1 && words[0] === standardInput
        ? readText(standardInput, 'give the text that was printed')
        : words.join(' ');
    if (text.trim() === '') throw new InputError('no message: give the text that was printed, or - for standard input');
    const { buses } = await installedPlugins();
    const machine = flags.machine && (await readMachine(flags.machine, buses));
    const told = machine?.kernel && versionOf(machine).version;
    const version = flags.kernel ?? told;
    const versions = version === undefined ? profiles.map(({ name }) => name.slice('linux@'.length)) : [version];
    // The newest judges the machine, where nothing tells which one runs.
    const kernels = versions.map((one) => judgedBy(one, buses)).toReversed();
    const explanations = explain(text, kernels, machine);
    if (explanations.length === 0 && words.length === 1 && existsSync(words[0]!))
      throw new InputError(`${words[0]}: a file; give what it says, as in busward explain - < ${words[0]}`);
    if (explanations.length === 0)
      throw new InputError(
        `'${shown(text.trim().slice(0, 80))}': nothing in it is known; give the line as it was printed ` +
          `("group 19 is not viable", "echo ... > bind: Device or resource busy"), or an errno (EBUSY)`,
      );
    printAs(flags.as, explanations, () => explanationsText(explanations, pageOf(process.stdout)));
  },
});

/** Without what a terminal would obey. */
const shown = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ');
