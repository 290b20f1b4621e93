import { against, inspect } from '@busward/passthrough';
import { differenceText, inspectionHtml, inspectionSvg, inspectionText } from '@busward/report';
import { buildCommand } from '@stricli/core';
import { kernelFlag } from '../flags/kernel.ts';
import { namesFlag } from '../flags/names.ts';
import { asFlag, printAs, type As } from '../flags/as.ts';
import { foundMachine, sourcesBrief } from '../found-machine.ts';
import { pageOf } from '../terminal/page.ts';
import { fileFlag, keepApart } from '../flags/paths.ts';
import { installedPlugins } from '../plugins/plugins.ts';
import { writeWhole } from '../files/write-whole.ts';

interface Flags {
  readonly kernel?: string;
  readonly as: As;
  readonly unread: boolean;
  readonly against?: readonly string[];
  readonly svg?: string;
  readonly html?: string;
}

export const inspectCommand = buildCommand<Flags, string[]>({
  docs: {
    brief: 'groups, devices and drivers of a machine, and who stands in the way of a user',
    fullDescription:
      'For each IOMMU group whether a user could own it now, and which device and driver stand in the way, by kernel ' +
      'version. The model is asked; what the evidence does not tell is unknown.',
  },
  parameters: {
    positional: { kind: 'array', parameter: { brief: sourcesBrief, parse: String, placeholder: 'machine' } },
    flags: {
      kernel: kernelFlag,
      against: namesFlag('another machine, or another look at this one: print what differs', 'machine'),
      svg: fileFlag('also draw it into this file'),
      html: fileFlag('also make a page of it, complete in one file'),
      unread: { kind: 'boolean', brief: 'print what could not be read', withNegated: false, default: false },
      as: asFlag,
    },
  },
  async func(flags, ...paths) {
    keepApart({ '--svg': flags.svg, '--html': flags.html }, [...paths, ...(flags.against ?? [])]);
    const { buses } = await installedPlugins();
    const { machine, judged } = await foundMachine(paths, buses, flags.kernel);
    const inspection = inspect(machine, judged);
    if (flags.svg !== undefined) writeWhole(flags.svg, inspectionSvg(inspection), '--svg');
    if (flags.html !== undefined) writeWhole(flags.html, inspectionHtml(inspection), '--html');
    const page = pageOf(process.stdout);
    if (flags.against === undefined)
      return printAs(flags.as, inspection, () => inspectionText(inspection, page, flags));
    const other = await foundMachine(flags.against, buses, flags.kernel);
    const difference = against(inspection, inspect(other.machine, other.judged));
    printAs(flags.as, difference, () => differenceText(difference, page));
  },
});
