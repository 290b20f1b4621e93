import { count } from '@busward/core';
import { verifyCertificate } from '@busward/explorer';
import { wrap } from '@busward/report';
import { toldAs } from '@busward/topology';
import { buildCommand } from '@stricli/core';
import { asInput } from '../as-input.ts';
import { readCertificate } from '../files/certificate-file.ts';
import { endWith } from '../terminal/exit-code.ts';
import { pageOf } from '../terminal/page.ts';
import { installedPlugins } from '../plugins/plugins.ts';
import { sidesOf } from '../plugins/sides.ts';

export const verifyCertificateCommand = buildCommand<object, [string]>({
  docs: {
    brief: 'whether a certificate proves that two sides are the same',
    fullDescription:
      'Checks what busward diff --certificate wrote, without searching: runs the plugins of today themselves, and looks ' +
      'whether the blocks of the certificate are a branching bisimulation. Exits with 1 if they are not.',
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'a certificate, or - for standard input', parse: String, placeholder: 'file' }],
    },
    flags: {},
  },
  async func(_flags, file) {
    const certificate = readCertificate(file);
    const { kernel, bus } = certificate.under as { readonly kernel: string; readonly bus: string };
    const { sides } = await sidesOf({ names: certificate.sides, kernel, bus }, await installedPlugins());
    const verified = asInput(toldAs(file), () => verifyCertificate(certificate, sides));
    if (!verified.holds) endWith(1);
    const text = verified.holds
      ? `holds: ${certificate.sides.join(' and ')} are the same on ${count(verified.machines, 'machine')} (${count(verified.states, 'state')})`
      : `does not hold: ${verified.why}`;
    process.stdout.write(`${wrap(`${toldAs(file)}: ${text}`, pageOf(process.stdout).width).join('\n')}\n`);
  },
});
