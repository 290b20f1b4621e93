import {
  assemble,
  describeOperation,
  device,
  groupDevices,
  linux73,
  machine,
  menuOf,
  principles,
  type Bus,
  type Operation,
} from '@busward/core';
import { diff, run } from '@busward/explorer';
import { plainPage, table } from '@busward/report';
import { ring } from './bus.js';

const refined = ring as object as Bus;
const { refine: _, ...without } = refined;

// Two accelerators on one ring, and one on another; each has a group of its own. A user has the first.
const devices = [
  device(ring, 'ring0'),
  device(ring, 'ring1'),
  device(ring, 'ring2', { facts: { parent: '/another-ring' } }),
];
const of = machine('two rings', { devices: groupDevices(devices, [refined]) });
const litmus: readonly Operation[] = [
  { do: 'bind', device: 'ring0', driver: 'vfio-ring' },
  { do: 'claim', user: 'u0', group: 'group 0' },
  { do: 'bind', device: 'ring1', driver: 'kernel-driver' },
  { do: 'bind', device: 'ring2', driver: 'kernel-driver' },
];

for (const [name, bus] of [
  ['ring without its refinement', without],
  ['ring', refined],
] as const) {
  const system = assemble(of, linux73, [bus], { kind: 'open', inFlight: 1, menu: menuOf(of) });
  const { ran } = run(system, litmus, principles);
  const rows = [[name, 'result'], ...ran.map(({ operation, result }) => [describeOperation(operation), result])];
  const cells = rows.map((row) => row.map((text) => ({ text })));
  console.log(`${table(cells, plainPage).join('\n')}\n`);
}

// Whether it admits anything more, anywhere, on the first of the two rings.
const first = machine('a ring', { devices: of.devices.slice(0, 2) });
const { restriction } = diff({
  sides: [
    { name: 'ring', strategy: linux73, buses: [refined] },
    { name: 'without', strategy: linux73, buses: [without] },
  ],
  machines: [[first, first]],
  principles,
  inFlight: 1,
  restriction: true,
});
console.log(`with its refinement it ${restriction?.kind}`);
