// One process of ours for the bench: assembles, compiles and searches, without any reduction, and says what it counted,
// and what its states took: bytes for one, packed, and at the worst moment after the first million.
// node ours.mjs DEVICES GROUPS IN-FLIGHT STRATEGY [FILE for the Promela]
import { writeFileSync } from 'node:fs';
import { assemble, device, machine, menuOf, principles, strategies } from '@busward/core';
import { compile, exploring, judgesOf, promelaOf } from '@busward/explorer';
import { pci } from '@busward/pci';

const [devices, groups, inFlight, name, file] = process.argv.slice(2);
const of = machine(`${devices} devices, ${groups} groups`, {
  devices: Array.from({ length: Number(devices) }, (_, at) =>
    device(pci, String.fromCharCode(65 + at), { group: `g${at % Number(groups)}` }),
  ),
});
const strategy = strategies.find((one) => one.name === name);
const system = assemble(of, strategy, [pci], { kind: 'open', inFlight: Number(inFlight), menu: menuOf(of) });
// Spin knows nothing of our symmetry.
const compiled = { ...compile(system), symmetric: false };
const judges = judgesOf(system, principles);
const packed = 4 * Math.ceil(compiled.bits.reduce((sum, bits) => sum + bits) / 32);
let worst = 0;
const search = exploring(compiled, judges, { maxStates: 1e8 });
let step = search.next();
for (; !step.done; step = search.next())
  if (step.value.states > 1e6) worst = Math.max(worst, step.value.bytes / step.value.states);
const { states, transitions } = step.value;
if (file) writeFileSync(file, promelaOf(compiled, judges));
console.log(JSON.stringify({ states, transitions, packed, worst }));
