import { InputError } from '@busward/core';
import { openFirmware, predict, readMachine, score, toTellGroups, type Logged } from '@busward/topology';
import { buildCommand } from '@stricli/core';
import { namesFlag } from '../flags/names.ts';
import { asFlag, printAs, type As } from '../flags/as.ts';
import { endWith } from '../terminal/exit-code.ts';
import { pageOf } from '../terminal/page.ts';
import { installedPlugins } from '../plugins/plugins.ts';
import { predictionText, scoreText } from '../prediction-text.ts';

interface Flags {
  readonly against?: readonly string[];
  readonly as: As;
}

export const predictCommand = buildCommand<Flags, [string]>({
  docs: {
    brief: "the IOMMU groups that a machine's firmware lets one expect",
    fullDescription:
      "Reads a compiled device tree or an ACPI table and groups its devices by the buses' own rules. Says what firmware " +
      'does not tell. With --against, compares with what the machine really did; exit code 1 if that is not as predicted.',
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          brief: 'a .dtb, /sys/firmware/fdt, or IORT, DMAR or IVRS of /sys/firmware/acpi/tables; - is standard input',
          parse: String,
          placeholder: 'firmware',
        },
      ],
    },
    flags: {
      against: namesFlag('what the machine did: boot logs, listings of groups', 'machine'),
      as: asFlag,
    },
  },
  async func({ against, as }, file) {
    const { buses } = await installedPlugins();
    const firmware = openFirmware(file);
    const logged = against ? loggedIn(await readMachine(against, buses)) : undefined;
    if (logged?.length === 0)
      throw new InputError(
        `--against ${against!.join(',')}: no device of it is told in an IOMMU group; ${toTellGroups}`,
      );
    const prediction = predict(
      firmware,
      buses,
      logged?.map(({ name }) => name),
    );
    const scored = logged && score(prediction, logged);
    if (scored?.verdict === 'disagrees') endWith(1);
    const page = pageOf(process.stdout);
    printAs(as, { prediction, ...(scored && { score: scored }) }, () => {
      const lines = [
        ...predictionText(prediction, page),
        ...(scored ? ['', ...scoreText(scored, against!, page)] : []),
      ];
      return `${lines.join('\n')}\n`;
    });
  },
});

const loggedIn = ({ devices }: Awaited<ReturnType<typeof readMachine>>): readonly Logged[] =>
  devices.flatMap(({ name, group }) => (typeof group?.is === 'string' ? [{ name, group: group.is }] : []));
