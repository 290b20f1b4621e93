// The machine that ours.mjs, by-diagram.mjs and Spin are asked about: PCI functions dealt out to groups, told apart by slot.
// V8 is told what the command tells it.
// oxlint-disable-next-line import/no-unassigned-import -- it is for what it does
import '../cli/dist/optimize-later.js';
import { assemble, device, machine, menuOf, principles, strategies } from '@busward/core';
import { compile, judgesOf } from '@busward/explorer';
import { pci } from '@busward/pci';

export function sameMachine([devices, groups, inFlight, name]) {
  const of = machine(`${devices} devices, ${groups} groups`, {
    devices: Array.from({ length: Number(devices) }, (_, at) =>
      device(pci, String.fromCharCode(65 + at), { group: `g${at % Number(groups)}` }),
    ),
  });
  const strategy = strategies.find((one) => one.name === name);
  const system = assemble(of, strategy, [pci], { kind: 'open', inFlight: Number(inFlight), menu: menuOf(of) });
  // Spin knows nothing of our symmetry.
  return { compiled: { ...compile(system), symmetric: false }, judges: judgesOf(system, principles) };
}
