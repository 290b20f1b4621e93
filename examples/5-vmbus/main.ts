import {
  assemble,
  configureThenCheck,
  describeOperation,
  device,
  linux73,
  machine,
  menuOf,
  principles,
  type Bus,
  type Operation,
} from '@busward/core';
import { explore, run } from '@busward/explorer';
import { plainPage, table } from '@busward/report';
import { vmbus } from './bus.js';

const asItIs = vmbus as Bus;
const checking: Bus = { ...asItIs, ...configureThenCheck(vmbus.firmware) };

// Two devices: the first goes to a user, the second to a kernel driver. First as they are, then as if in one group.
const operations = (inGroup: boolean): readonly Operation[] => [
  { do: 'bind', device: 'net', driver: 'vfio-vmbus' },
  ...(inGroup ? [{ do: 'claim', user: 'u0', group: 'g' } as const] : []),
  { do: 'bind', device: 'disk', driver: 'kernel-driver' },
];

for (const [bus, hooks] of [
  [asItIs, 'its own hook'],
  [checking, "the contract's hooks"],
] as const)
  for (const group of [undefined, 'g']) {
    const devices = ['net', 'disk'].map((name) => device(bus, name, group === undefined ? {} : { group }));
    const of = machine('a guest', { devices });
    const system = assemble(of, linux73, [bus], { kind: 'open', inFlight: 2, menu: menuOf(of) });
    const { ran } = run(system, operations(group !== undefined), principles);
    const rows = ran.map(({ operation, result }) => [describeOperation(operation), result]);
    const head = [`${hooks}, ${group === undefined ? 'no group' : 'if they had one group'}`, 'result'];
    const cells = [head, ...rows].map((row) => row.map((text) => ({ text })));
    console.log(table(cells, plainPage).join('\n'));
    const broken = new Set(explore(system, principles).violations.map(({ principle }) => principle.id));
    console.log(`can be broken, over everything that can be done: ${[...broken].join(' ') || 'nothing'}\n`);
  }
