// One process of ours for the bench: assembles, compiles, counts by diagram and finds shortest witnesses, and says what it found.
// node by-diagram.mjs DEVICES GROUPS IN-FLIGHT STRATEGY [FILE for the Promela]
import { writeFileSync } from 'node:fs';
import { assemble, device, machine, menuOf, principles, strategies } from '@busward/core';
import { compile, exploringByDiagram, finished, judgesOf, promelaOf } from '@busward/explorer';
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
const { count, violations, complete } = finished(exploringByDiagram(compiled, judges));
if (file) writeFileSync(file, promelaOf(compiled, judges));
const told = violations.map(({ principle, device: by, path }) => `${principle.id} ${by} ${path?.length}`);
console.log(JSON.stringify({ states: String(count), complete, violations: told }));
